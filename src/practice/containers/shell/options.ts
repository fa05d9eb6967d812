/** What `set` switches on and off. */
export type Option =
  'errexit' | 'nounset' | 'xtrace' | 'pipefail' | 'noglob' | 'noexec' | 'verbose' | 'noclobber' | 'allexport';

/** `set -e` and its like. */
export const OPTION_LETTERS: readonly (readonly [string, Option])[] = [
  ['e', 'errexit'],
  ['f', 'noglob'],
  ['n', 'noexec'],
  ['x', 'xtrace'],
  ['v', 'verbose'],
  ['C', 'noclobber'],
  ['a', 'allexport'],
  ['u', 'nounset'],
];
