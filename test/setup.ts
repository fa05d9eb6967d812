import fc from 'fast-check';
import { factor } from './support/prove.ts';

fc.configureGlobal({ numRuns: 100 * factor });
