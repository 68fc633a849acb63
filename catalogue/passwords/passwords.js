const form = document.getElementById("choices");
const length = document.getElementById("length");

/** A number below `limit`; those at the end that would make some likelier than others are drawn again. */
function draw(limit) {
  const end = 2 ** 32 - (2 ** 32 % limit);
  const [number] = crypto.getRandomValues(new Uint32Array(1));
  return number < end ? number % limit : draw(limit);
}

function make() {
  const signs = [...form.elements.set].flatMap(({ checked, value }) => (checked ? [...value] : []));
  const count = Math.min(128, Math.max(8, Number(length.value) || 20));
  const isEmpty = signs.length === 0;
  const password = isEmpty
    ? ""
    : Array.from({ length: count }, () => signs[draw(signs.length)]).join("");
  document.getElementById("password").value = password;
  const bits = isEmpty ? 0 : Math.floor(count * Math.log2(signs.length));
  document.getElementById("strength").textContent = isEmpty
    ? "Choose at least one"
    : `${bits} bits`;
}

form.addEventListener("input", make);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  make();
});
make();
