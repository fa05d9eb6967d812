/** How many times as many cases as usual a property is tried with; `npm run prove` raises it. */
export const factor = Number(process.env['PROVE_FACTOR'] ?? 1);
