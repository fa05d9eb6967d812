// Writes two files of src/practice/api, read from the models of @kubernetes/client-node: schema.generated.json, the fields
// of the Kubernetes types that the practice cluster knows, and descriptions.generated.json, what Kubernetes says of them.
// `--check` only says whether the files are up to date.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const MODELS = new URL('../node_modules/@kubernetes/client-node/dist/gen/models/', import.meta.url);
const FILE = new URL('../src/practice/api/schema.generated.json', import.meta.url);
const DESCRIPTIONS = new URL('../src/practice/api/descriptions.generated.json', import.meta.url);

/** What is served, and what will be; everything reachable from these is kept. */
const ROOTS = [
  'V1Pod',
  'V1Node',
  'V1Namespace',
  'CoreV1Event',
  'EventsV1Event',
  'V1ServiceAccount',
  'V1ConfigMap',
  'V1ResourceQuota',
  'V1Lease',
  'V1Binding',
  'V1Eviction',
  'V1Service',
  'V1Endpoints',
  'V1EndpointSlice',
  'V1NetworkPolicy',
  'V1Deployment',
  'V1ReplicaSet',
  'V1Scale',
  'V1DeleteOptions',
  'V1Status',
  'V1SelfSubjectAccessReview',
  'V1SelfSubjectRulesReview',
  'V1SubjectAccessReview',
  'V1SelfSubjectReview',
];

const FORMATS = {
  'number int32': 'int32',
  'number int64': 'int64',
  'number double': 'double',
  'string ': 'string',
  'string byte': 'bytes',
  'boolean ': 'boolean',
  'Date date-time': 'time',
  'V1MicroTime date-time-micro': 'microTime',
  'IntOrString int-or-string': 'intOrString',
  'any ': 'any',
};

/** @returns {string} the type in our own short notation: `[]T` is a list, `{}T` a map from strings */
function shortType(type, format) {
  const list = /^Array<(.*)>$/.exec(type);
  if (list) return `[]${shortType(list[1], format)}`;
  const map = /^\{ \[key: string\]: (.*); \}$/.exec(type);
  if (map) return `{}${shortType(map[1], format)}`;
  const known = FORMATS[`${type} ${format}`];
  if (known) return known;
  if (!/^([A-Z][A-Za-z]+)?V\d/.test(type)) throw new Error(`unknown type ${type} ${format}`);
  return type;
}

/** @returns {Record<string, string>} by the names of the fields; that of the type itself has no name */
function descriptionsIn(declaration) {
  const found = declaration.matchAll(
    /\/\*\*\n\s*\* (.+)\n\s*\*\/\n(?:export declare class|\s+'([^']+)'\??:)/g,
  );
  return Object.fromEntries(
    [...found].map(([, text, field = '']) => [field, text.replaceAll(/\\(['"\\])/g, '$1').trim()]),
  );
}

function fileOf(types) {
  const lines = Object.keys(types)
    .sort()
    .map((name) => `${JSON.stringify(name)}:${JSON.stringify(types[name])}`);
  return `{\n${lines.join(',\n')}\n}\n`;
}

async function generate() {
  const types = {};
  const descriptions = {};
  const waiting = [...ROOTS];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (types[name]) continue;
    const model = (await import(new URL(`${name}.js`, MODELS).href))[name];
    const declaration = readFileSync(new URL(`${name}.d.ts`, MODELS), 'utf8');
    const required = new Set([...declaration.matchAll(/^ {4}'([^']+)':/gm)].map((match) => match[1]));
    types[name] = {};
    const told = descriptionsIn(declaration);
    descriptions[name] = { '': told[''] };
    for (const field of model.getAttributeTypeMap()) {
      const type = shortType(field.type, field.format);
      types[name][field.baseName] = required.has(field.name) ? `${type}!` : type;
      descriptions[name][field.baseName] = told[field.name];
      const inner = type.replace(/^(\[\]|\{\})+/, '');
      if (/^[A-Z]/.test(inner)) waiting.push(inner);
    }
  }
  return [
    [FILE, fileOf(types)],
    [DESCRIPTIONS, fileOf(descriptions)],
  ];
}

for (const [file, text] of await generate()) {
  if (!process.argv.includes('--check')) writeFileSync(file, text);
  else if (readFileSync(file, 'utf8') !== text) {
    console.error(`${fileURLToPath(file)} is out of date: node scripts/generate-schema.js`);
    process.exitCode = 1;
  }
}
