import fc from 'fast-check';

/** `npm run prove` multiplies how many cases each property is tried with. */
const factor = Number(process.env['PROVE_FACTOR'] ?? 1);
fc.configureGlobal({ numRuns: 100 * factor });
