/** Labels on everything the tutor makes. */
export const MANAGED_BY = 'app.kubernetes.io/managed-by';
export const OWNER = 'k8snet-tutor/owner';
export const LESSON = 'k8snet-tutor/lesson';
export const NONCE = 'k8snet-tutor/nonce';

export function ownershipLabels(owner: string, lesson: string, nonce: string): Record<string, string> {
  return { [MANAGED_BY]: 'k8snet-tutor', [OWNER]: owner, [LESSON]: lesson, [NONCE]: nonce };
}
