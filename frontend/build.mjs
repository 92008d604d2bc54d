// Builds everything below serai/web/static/serai that is not written by hand:
// the style sheet, the fonts, the icons, htmx, and the licences that must travel with them.
// Usage: npm run build, or npm run watch for the style sheet alone.
import { spawn } from "node:child_process";
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import subsetFont from "subset-font";

const here = path.dirname(fileURLToPath(import.meta.url));
const modules = path.join(here, "node_modules");
const target = path.join(here, "../serai/web/static/serai");

function run(command, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: here, stdio: "inherit" });
    child.on("error", reject);
    child.on("exit", (code) => (code === 0 ? resolve() : reject(new Error(`${command} ended with ${code}`))));
  });
}

async function buildFonts() {
  const from = path.join(modules, "@fontsource-variable/inter/files");
  const to = path.join(target, "fonts");
  await mkdir(to, { recursive: true });
  await cp(path.join(from, "inter-latin-opsz-normal.woff2"), path.join(to, "inter-latin.woff2"));
  await cp(path.join(from, "inter-latin-ext-opsz-normal.woff2"), path.join(to, "inter-latin-ext.woff2"));
  // The rupee sign lives in the large extended file. Prices are on every page, so the currency signs get a file of
  // their own (a few kilobytes) and the large one is fetched only for text that needs it.
  const signs = String.fromCodePoint(...Array.from({ length: 0x21 }, (_, i) => 0x20a0 + i));
  const extended = await readFile(path.join(from, "inter-latin-ext-opsz-normal.woff2"));
  await writeFile(path.join(to, "inter-currency.woff2"), await subsetFont(extended, signs, { targetFormat: "woff2" }));
  await cp(path.join(modules, "@fontsource-variable/inter/LICENSE"), path.join(to, "LICENSE"));
}

async function buildIcons() {
  const to = path.join(target, "icons");
  await rm(to, { recursive: true, force: true });
  await mkdir(to, { recursive: true });
  const names = (await readFile(path.join(here, "icons.txt"), "utf8")).split("\n").filter(Boolean);
  for (const name of names) {
    const svg = await readFile(path.join(modules, "lucide-static/icons", `${name}.svg`), "utf8");
    // Only the drawing is kept: size, colour and accessible name come from the template tag.
    const drawing = svg.replace(/^[\s\S]*?<svg[\s\S]*?>/, "").replace("</svg>", "").replace(/\s*\n\s*/g, "");
    await writeFile(
      path.join(to, `${name}.svg`),
      `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="currentColor" ` +
        `stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round">${drawing}</svg>\n`,
    );
  }
  await cp(path.join(modules, "lucide-static/LICENSE"), path.join(to, "LICENSE"));
}

async function buildHtmx() {
  const source = await readFile(path.join(modules, "htmx.org/dist/htmx.min.js"), "utf8");
  // A source map that is not served would stop manifest static files storage.
  await writeFile(path.join(target, "htmx.min.js"), source.replace(/\n?\/\/# sourceMappingURL=.*$/m, ""));
  await cp(path.join(modules, "htmx.org/LICENSE"), path.join(target, "htmx.LICENSE"));
}

const tailwind = ["-i", "app.css", "-o", path.join(target, "app.css"), "--minify"];
const tailwindBinary = path.join(modules, ".bin/tailwindcss");

if (process.argv.includes("--watch")) {
  await run(tailwindBinary, [...tailwind, "--watch"]);
} else {
  await mkdir(target, { recursive: true });
  await Promise.all([buildFonts(), buildIcons(), buildHtmx()]);
  await run(tailwindBinary, tailwind);
}
