document.querySelector("[data-menu]")?.addEventListener("click", (event) => {
  const open = document.body.classList.toggle("open");
  event.currentTarget.setAttribute("aria-expanded", String(open));
});
