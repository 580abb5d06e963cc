// What html-validate says of pages: `node validate.mjs PACKAGES FILES.json` prints one line for each fault.
// Two threads, since a validator of 200 pages is a minute's work for one.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { fileURLToPath } from "node:url";

const THREADS = 2;

// Everything that is recommended, but for what concerns neither a reader nor a parser.
const rules = {
  "no-unknown-elements": "error",
  // Of simple tables too: every header says what it is the header of.
  "wcag/h63": ["error", { strict: true }],
  // Taste in how sources are written; the pages are written by templates, and read by browsers.
  "attribute-boolean-style": "off",
  "attribute-empty-style": "off",
  "no-trailing-whitespace": "off",
  "void-style": "off",
  // A row belongs to a body, written or not.
  "prefer-tbody": "off",
  // docutils names the class of a table twice: a set of classes holds it once.
  "no-dup-class": "off",
  // Pages load nothing from elsewhere (`test_pages.py`): no host could change a script.
  "require-sri": "off",
  // Lengths of the bars of the scoreboard are data; Sphinx writes widths into its index.
  "no-inline-style": "off",
  // A limit of search engines. A title is that of the chapter and that of the book.
  "long-title": "off",
  // Sphinx's search finds the text of a page by the role of <main>.
  "no-redundant-role": "off",
  // The theme's side bar with its headings, docutils' list of references: roles say what they are.
  "prefer-native-element": ["error", { exclude: ["complementary", "heading", "list", "listitem"] }],
  // Any id without a space is one; those of claims are names of Python functions.
  "valid-id": ["error", { relaxed: true }],
  // Boxes to tick share a name as radio buttons do.
  "form-dup-name": ["error", { shared: ["radio", "checkbox"] }],
};

const faults = (packages, files) => {
  const { HtmlValidate, StaticConfigLoader } = createRequire(`${packages}/`)("html-validate");
  const validator = new HtmlValidate(
    new StaticConfigLoader({ root: true, extends: ["html-validate:recommended", "html-validate:document"], rules }),
  );
  return files.flatMap((file) =>
    validator
      .validateStringSync(readFileSync(file, "utf8"), file)
      .results.flatMap(({ messages }) =>
        messages.map(({ line, ruleId, message }) => `${file}:${line} ${ruleId}: ${message}`),
      ),
  );
};

if (isMainThread) {
  const [packages, list] = process.argv.slice(2);
  const files = JSON.parse(readFileSync(list, "utf8"));
  const shares = Array.from({ length: THREADS }, (_, place) => files.filter((_, k) => k % THREADS === place));
  const found = await Promise.all(
    shares.map(
      (share) =>
        new Promise((resolve, reject) => {
          const worker = new Worker(fileURLToPath(import.meta.url), { workerData: [packages, share] });
          worker.once("message", resolve).once("error", reject);
        }),
    ),
  );
  console.log(JSON.stringify(found.flat().sort()));
} else {
  parentPort.postMessage(faults(...workerData));
}
