// What a test opened is closed at its end, the last first, and none of it can hold the run up.

const PATIENCE = 20_000;

const stacks = new WeakMap();

/** Registers an end. Node calls its hooks in the order of their registration, which would take a server's files before it. */
export function atEnd(t, end) {
  let stack = stacks.get(t);
  if (!stack) {
    stack = [];
    stacks.set(t, stack);
    t.after(() => runEnds(stack));
  }
  stack.push(end);
}

async function runEnds(stack) {
  const errors = [];
  while (stack.length > 0) {
    const end = stack.pop();
    await within(end(), PATIENCE, () => `an end: ${end}`).catch((error) => errors.push(error));
  }
  if (errors.length > 0) throw new AggregateError(errors, errors.map((error) => error.message).join("\n"));
}

/** A promise with an end to its time. */
export async function within(promise, patience, what) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`waited ${patience / 1000} s for ${what()}`)), patience);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
