// Reads the paths of TypeScript modules, one a line, from stdin; prints what each remembers between two calls, as JSON:
// {path: [name]}. That is a name of the module that is declared with `let`, that is changed in the module, or whose
// value comes from a call that is not in PURE.
import { readFileSync } from "node:fs";
import { createRequire, stripTypeScriptTypes } from "node:module";

const require = createRequire(new URL("../../service_worker/package.json", import.meta.url));
const { parse } = require("acorn");
/** Functions whose result remembers nothing that the other bundle has to know: the same again for the same arguments. */
const PURE = new Set(["pageState", "memoize", "memoizePerView", "_", "Symbol", "chosenMessages", "lazy"]);
/** Methods that change what they are called on. */
const CHANGES = new Set("add set delete clear push pop shift unshift splice sort reverse fill append".split(" "));
/** Caches of what a function makes of one household, by that household. */
const CACHES = new Set(["foldedTexts", "knownVisits"]);

function walk(node, visit) {
  visit(node);
  for (const value of Object.values(node))
    for (const child of Array.isArray(value) ? value : [value]) if (typeof child?.type === "string") walk(child, visit);
}

/** The name at the root of `a.b[c].d`. */
function root(node) {
  return node.type === "MemberExpression" ? root(node.object) : node.name;
}

const unwrapped = (node) => (node?.type === "AwaitExpression" ? node.argument : node);

function declarations(tree) {
  return tree.body
    .map((one) => (one.type === "ExportNamedDeclaration" ? one.declaration : one))
    .filter((one) => one?.type === "VariableDeclaration")
    .flatMap(({ kind, declarations }) => declarations.map(({ id, init }) => ({ kind, name: id.name, init })));
}

function changed(tree) {
  const names = new Set();
  walk(tree, (node) => {
    if (node.type === "AssignmentExpression" && node.left.type === "MemberExpression") names.add(root(node.left));
    if (node.type === "UpdateExpression") names.add(root(node.argument));
    if (node.type === "UnaryExpression" && node.operator === "delete") names.add(root(node.argument));
    if (node.type !== "CallExpression" || node.callee.type !== "MemberExpression") return;
    if (CHANGES.has(node.callee.property.name)) names.add(root(node.callee));
    if (root(node.callee) === "Object" && node.callee.property.name === "assign") names.add(root(node.arguments[0]));
  });
  return names;
}

function remembered(path) {
  const tree = parse(stripTypeScriptTypes(readFileSync(path, "utf8")), { ecmaVersion: "latest", sourceType: "module" });
  const changes = changed(tree);
  const isState = ({ kind, name, init }) => {
    const call = unwrapped(init);
    const callee = call?.type === "CallExpression" && call.callee.type === "Identifier" ? call.callee.name : undefined;
    if (callee === "pageState" || CACHES.has(name)) return false;
    return kind === "let" || changes.has(name) || (callee !== undefined && !PURE.has(callee));
  };
  return declarations(tree).filter(isState).map(({ name }) => name);
}

const paths = readFileSync(0, "utf8").split("\n").filter(Boolean);
process.stdout.write(JSON.stringify(Object.fromEntries(paths.map((path) => [path, remembered(path)]))));
