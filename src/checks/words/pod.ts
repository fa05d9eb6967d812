import { TRY_AGAIN, type Words } from './words.ts';

/** What became of a Pod. */
export const POD_WORDS: Record<string, Words> = {
  ready: { said: (d) => `Pod ${d['pod']} is Ready` },
  'pod-missing': {
    said: (d) => `There is no Pod ${d['pod']} in namespace ${d['namespace']}`,
    why: 'Everything that follows looks at this Pod.',
    next: (d) => [
      'Create it: k8snet-tutor page shows how, k8snet-tutor hint helps.',
      `See what is there: kubectl get pods`,
      `Names count, to the letter: ${d['pod']}.`,
    ],
  },
  'pod-elsewhere': {
    said: (d) => `Pod ${d['pod']} is in namespace ${d['elsewhere']}, not in ${d['namespace']}`,
    why: "A Pod lives in one namespace; without -n, kubectl uses your context's. The lesson looks in its own, where cleanup finds everything.",
    next: (d) => [
      `Create it again in the lesson's namespace: kubectl apply -f ${d['pod']}.yml`,
      `Remove the other one, if it is yours: kubectl -n ${d['elsewhere']} delete pod ${d['pod']}`,
    ],
  },
  'pod-terminating': {
    said: (d) => `Pod ${d['pod']} is being deleted`,
    why: 'A Pod keeps its name until it is gone. A process that ignores SIGTERM, as sleep does, takes its grace period of 30 seconds.',
    next: (d) => [
      `Wait for it: kubectl wait --for=delete pod/${d['pod']} --timeout=60s`,
      'Then create it again.',
    ],
  },
  'container-missing': {
    said: (d) =>
      `Pod ${d['pod']} has no container ${d['container']}${d['nearest'] ? `; did you mean that by ${d['nearest']}?` : ''}`,
    why: 'kubectl exec -c and the checks find a container by its name in spec.containers.',
    next: (d) => [
      `Compare the names: kubectl get pod ${d['pod']} -o jsonpath='{.spec.containers[*].name}'`,
      `Containers of a Pod can't be renamed or added: kubectl delete pod ${d['pod']}, mend the file, apply it again.`,
    ],
  },
  'container-not-running': {
    said: (d) => `Container ${d['container']} of Pod ${d['pod']} is not running`,
    why: 'Only a running container can send traffic.',
    next: (d) => [
      `See why: kubectl describe pod ${d['pod']}`,
      `kubectl logs ${d['pod']} -c ${d['container']}`,
    ],
  },
  'image-pull': {
    said: (d) => `The image of container ${d['container']} can't be pulled: ${d['image']}`,
    why: 'Without its image a container never starts; the Pod stays, not ready, and the kubelet keeps trying.',
    next: (d) => [
      `Read what the registry said: kubectl describe pod ${d['pod']}`,
      `Correct the image: kubectl set image pod/${d['pod']} ${d['container']}=IMAGE, or mend the file and apply it again.`,
      'Is the name right and the registry out of reach? k8snet-tutor start --image CONTAINER=IMAGE uses another one.',
    ],
  },
  'image-pull-later': {
    said: (d) =>
      `The registry does not give out the image of container ${d['container']} right now: ${d['image']}`,
    why: 'That is the registry or the way to it, not your work.',
    next: () => ['Wait and check again.', 'Or use a copy: k8snet-tutor start --image CONTAINER=IMAGE'],
  },
  'container-config': {
    said: (d) => `Container ${d['container']} of Pod ${d['pod']} can't be started as it is configured`,
    why: 'The kubelet refuses before anything runs.',
    next: (d) => [
      `Read why: kubectl describe pod ${d['pod']}`,
      'Mend the file, delete the Pod, apply it again.',
    ],
  },
  'container-crashing': {
    said: (d) => `Container ${d['container']} of Pod ${d['pod']} keeps ending (exit code ${d['exit']})`,
    why: 'A container lives as long as its process; when that ends, the kubelet starts it again, ever more slowly.',
    next: (d) => [
      `Read its last words: kubectl logs ${d['pod']} -c ${d['container']} --previous`,
      'Look at command and args in the file: what keeps the process alive?',
    ],
  },
  'pod-ended': {
    said: (d) => `Pod ${d['pod']} has ended (${d['phase']})`,
    why: 'An ended Pod does not come back; it is there to be looked at.',
    next: (d) => [
      `See why: kubectl describe pod ${d['pod']}`,
      `kubectl delete pod ${d['pod']}, then apply the file again.`,
    ],
  },
  unschedulable: {
    said: (d) => `No Node takes Pod ${d['pod']}: ${d['message']}`,
    why: 'The scheduler found no Node that satisfies what the Pod asks for: selectors, resources, taints.',
    next: (d) => [
      `Read what each Node lacks: kubectl describe pod ${d['pod']}`,
      'Compare nodeSelector, affinity and requests in the file with: kubectl get nodes --show-labels',
    ],
  },
  'probe-failing': {
    said: (d) => `Pod ${d['pod']} runs, but its readiness probe fails (${d['container']})`,
    why: 'The kubelet of its Node asks the Pod itself; as long as it gets no answer, the Pod is not Ready.',
    next: (d) => [`Read what the probe got: kubectl describe pod ${d['pod']}`],
  },
  starting: {
    said: (d) => `Pod ${d['pod']} is still starting after ${d['seconds']} s`,
    why: 'A first start pulls images, which can take minutes.',
    next: (d) => [`Watch it: kubectl get pod ${d['pod']} -w`, ...TRY_AGAIN],
  },
};
