// Reads the paths of JavaScript and TypeScript files, one a line, from stdin; prints the functions and the declared
// names of each as JSON: {path: {functions: [[name, line, lines]], names: [[name, line]]}}. The body of a
// `describe` is a group of tests, not a function to be read as one.
import { readFileSync } from "node:fs";
import { createRequire, stripTypeScriptTypes } from "node:module";

const require = createRequire(new URL("../../service_worker/package.json", import.meta.url));
const { parse } = require("acorn");
const FUNCTIONS = new Set(["FunctionDeclaration", "FunctionExpression", "ArrowFunctionExpression"]);

/** Calls `visit` with every node of a tree and its parent. */
function walk(node, visit, parent = null) {
  visit(node, parent);
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (typeof child?.type === "string") walk(child, visit, node);
    }
  }
}

/** The identifiers that a pattern binds: `{ a, b: [c], ...d }` binds a, c and d. */
function bound(pattern) {
  switch (pattern?.type) {
    case "Identifier":
      return [pattern];
    case "ObjectPattern":
      return pattern.properties.flatMap((property) => bound(property.value ?? property.argument));
    case "ArrayPattern":
      return pattern.elements.flatMap(bound);
    case "AssignmentPattern":
      return bound(pattern.left);
    case "RestElement":
      return bound(pattern.argument);
    default:
      return [];
  }
}

/** The identifiers that a node declares. */
function declared(node) {
  switch (node.type) {
    case "VariableDeclarator":
      return bound(node.id);
    case "FunctionDeclaration":
    case "FunctionExpression":
    case "ArrowFunctionExpression":
      return [...bound(node.id), ...node.params.flatMap(bound)];
    case "ClassDeclaration":
      return bound(node.id);
    case "CatchClause":
      return bound(node.param);
    case "ImportSpecifier":
    case "ImportDefaultSpecifier":
    case "ImportNamespaceSpecifier":
      return [node.local];
    case "ExportSpecifier":
      return bound(node.exported);
    case "MethodDefinition":
    case "PropertyDefinition":
    case "Property":
      return node.computed ? [] : bound(node.key);
    default:
      return [];
  }
}

function facts(path) {
  const text = readFileSync(path, "utf8");
  const tree = parse(path.endsWith(".ts") ? stripTypeScriptTypes(text) : text, {
    ecmaVersion: "latest",
    sourceType: "module",
    allowHashBang: true,
    locations: true,
  });
  const found = { functions: [], names: [] };
  walk(tree, (node, parent) => {
    const { start, end } = node.loc;
    const isGroup = parent?.type === "CallExpression" && parent.callee.name === "describe";
    if (FUNCTIONS.has(node.type) && !isGroup) {
      const name = node.id?.name ?? parent?.id?.name ?? parent?.key?.name ?? parent?.arguments?.[0]?.value ?? "";
      found.functions.push([String(name), start.line, end.line - start.line + 1]);
    }
    for (const { name, loc } of declared(node)) found.names.push([name, loc.start.line]);
  });
  return found;
}

const paths = readFileSync(0, "utf8").split("\n").filter(Boolean);
process.stdout.write(JSON.stringify(Object.fromEntries(paths.map((path) => [path, facts(path)]))));
