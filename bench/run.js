// All benchmarks, one after the other; options are handed on.
// usage: node bench/run.js [--check]
await import('./start-up.js');
await import('./practice.js');
