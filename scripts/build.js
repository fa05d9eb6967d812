// Bundles src/ into dist/: main.js, which is tiny and knows the version; edge.js, whose heavy parts are in chunks that
// load when first needed; and practice.js, the practice cluster, which runs in a process or a thread of its own.
import { build } from 'esbuild';
import { readFileSync, rmSync } from 'node:fs';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));

const common = {
  absWorkingDir: new URL('..', import.meta.url).pathname,
  outdir: 'dist',
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  minify: true,
  legalComments: 'none',
  logLevel: 'warning',
};

rmSync(new URL('../dist', import.meta.url), { recursive: true, force: true });
await build({
  ...common,
  entryPoints: { main: 'src/cli/main.ts' },
  define: { __VERSION__: JSON.stringify(version) },
  plugins: [
    {
      name: 'edge-apart',
      setup: (builder) =>
        builder.onResolve({ filter: /^\.\/edge\.ts$/ }, () => ({ path: './edge.js', external: true })),
    },
  ],
});
await build({
  ...common,
  entryPoints: { edge: 'src/cli/edge.ts', practice: 'src/practice/main.ts' },
  splitting: true,
  keepNames: true,
  alias: {
    // Node's own punycode warns on Node 21 and later.
    punycode: 'punycode/punycode.js',
    // As an ES module its parts can be imported by name, and what is not used is left out.
    '@peculiar/x509': '@peculiar/x509/build/x509.es.js',
  },
  // Dependencies in CommonJS ask for Node's modules with require.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
});
