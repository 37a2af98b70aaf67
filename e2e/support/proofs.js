// Proofs of work as the functions ask for them and judge them, cheap to solve: for stand-ins of the functions in tests of pages.

import { pbkdf2Sync, randomBytes } from "node:crypto";

/** The counter that solves each challenge, and how often each key is hashed. */
const COUNTER = 5;
const COST = 100;

export class Proofs {
  /** The challenges that are open, as texts, by their signatures. */
  #open = new Map();

  /** A challenge to solve. */
  challenge() {
    const [nonce, salt] = [randomBytes(16), randomBytes(16)];
    const keyPrefix = derived(nonce, salt, COUNTER).slice(0, 32);
    const parameters = { algorithm: "PBKDF2/SHA-256", cost: COST, keyLength: 32, keyPrefix, nonce: nonce.toString("hex"), salt: salt.toString("hex") };
    const challenge = { parameters, signature: randomBytes(32).toString("hex") };
    this.#open.set(challenge.signature, JSON.stringify(challenge));
    return challenge;
  }

  /** Whether a proof is of one of these challenges, unchanged, and right. It may be brought again. */
  accepts(proof) {
    const { challenge, solution } = read(proof);
    if (!challenge || this.#open.get(challenge.signature) !== JSON.stringify(challenge)) return false;
    const { nonce, salt, keyPrefix } = challenge.parameters;
    const key = derived(Buffer.from(nonce, "hex"), Buffer.from(salt, "hex"), solution.counter);
    return key === solution.derivedKey && key.startsWith(keyPrefix);
  }

  /** The same, once: whatever comes of it, the challenge is used up. */
  spends(proof) {
    const isAccepted = this.accepts(proof);
    this.#open.delete(read(proof).challenge?.signature);
    return isAccepted;
  }
}

const read = (proof) => JSON.parse(Buffer.from(proof ?? "", "base64").toString() || "{}");

/** The key of a counter, as ALTCHA has it: the password is the nonce with four bytes of the counter behind it. */
function derived(nonce, salt, counter) {
  const last = Buffer.alloc(4);
  last.writeUInt32BE(counter);
  return pbkdf2Sync(Buffer.concat([nonce, last]), salt, COST, 32, "sha256").toString("hex");
}
