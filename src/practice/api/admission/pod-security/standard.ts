import type { Pod } from '../../resources/pod.ts';
import type { Check, Violation } from './check.ts';
import { hostNamespaces, hostPorts, hostProbes, windowsHostProcess } from './host.ts';
import type { Standard } from './policy.ts';
import {
  allowPrivilegeEscalation,
  capabilitiesBaseline,
  capabilitiesRestricted,
  privileged,
  runAsNonRoot,
  runAsUser,
} from './privileges.ts';
import {
  appArmorProfile,
  procMount,
  seccompAnnotations,
  seccompBaseline,
  seccompRestricted,
  seLinuxOptions,
  sysctls,
} from './profiles.ts';
import { hostPathVolumes, restrictedVolumes } from './volumes.ts';

/** The newest version 1.N whose standards are known. */
const NEWEST = 34;

/** In the order in which violations are told: those of baseline first, each level by its checks' ids. */
const CHECKS: readonly Check[] = [
  appArmorProfile,
  capabilitiesBaseline,
  hostNamespaces,
  hostPathVolumes,
  hostPorts,
  hostProbes,
  privileged,
  procMount,
  seLinuxOptions,
  seccompAnnotations,
  seccompBaseline,
  sysctls,
  windowsHostProcess,
  allowPrivilegeEscalation,
  capabilitiesRestricted,
  restrictedVolumes,
  runAsNonRoot,
  runAsUser,
  seccompRestricted,
];

/** In what a Pod does not meet a standard; nothing where it does. */
export function violationsOf(pod: Pod, standard: Standard): Violation[] {
  const { level } = standard;
  if (level === 'privileged') return [];
  const version = standard.version === 'latest' ? NEWEST : Math.min(standard.version, NEWEST);
  const asked = CHECKS.filter(
    (check) =>
      check.since <= version &&
      version < (check.until ?? Infinity) &&
      (check.level === 'baseline' || level === 'restricted'),
  );
  const overridden = new Set(asked.map(({ overrides }) => overrides));
  return asked.filter(({ id }) => !overridden.has(id)).flatMap((check) => check.look(pod, version) ?? []);
}

/** `hostPath volumes (volume "a"), privileged (container "b" …)` */
export function violationsText(violations: readonly Violation[]): string {
  return violations.map(({ reason, detail }) => `${reason} (${detail})`).join(', ');
}
