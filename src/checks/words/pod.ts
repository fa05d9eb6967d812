import { TRY_AGAIN, type Words } from './words.ts';

/** What became of a Pod. */
export const POD_WORDS: Record<string, Words> = {
  ready: { said: (d) => `Pod ${d['pod']} is Ready` },
  'pod-missing': {
    said: (d) => `There is no Pod ${d['pod']} in namespace ${d['namespace']}`,
    why: 'Everything that follows looks at this Pod.',
    next: (d) => [
      d['maker'] === 'tutor'
        ? `The tutor made it for page ${d['page']}, and makes it again: k8snet-tutor solve`
        : `Create it: ${d['page'] ? `page ${d['page']}` : 'k8snet-tutor page'} shows how, k8snet-tutor hint helps.`,
      `See what is there: kubectl get pods`,
      `Names count, to the letter: ${d['pod']}.`,
      ...(d['level']
        ? [
            `Namespace ${d['namespace']} enforces the Pod Security level ${d['level']}: was the Pod refused ("violates PodSecurity")? Then use another namespace: k8snet-tutor start --namespace NAME`,
          ]
        : []),
    ],
  },
  'pod-misnamed': {
    said: (d) => `There is no Pod ${d['pod']}, but one named ${d['similar']}`,
    why: "A Pod's name counts, to the letter: kubectl, this lesson and its checks find it by nothing else.",
    next: (d) => [
      d['owner'] === '' || d['owner'] === undefined
        ? `Mend metadata.name in the file, and apply it again. Then remove the other one, if it is yours: kubectl delete pod ${d['similar']}`
        : `A ${d['owner']} made it and gave it that name; the exercise wants a Pod of its own (kind: Pod).`,
      'k8snet-tutor page shows the file.',
    ],
  },
  'quota-full': {
    said: (d) =>
      `No further Pod may be made in namespace ${d['namespace']}: quota ${d['quota']} is used up (${d['text']})`,
    why: 'A ResourceQuota limits what a namespace may hold; the API server refuses what would exceed it.',
    next: (d) => [
      `Read it: kubectl describe resourcequota ${d['quota']}`,
      'Delete a Pod that you no longer need, ask for more, or use another namespace: k8snet-tutor start --namespace NAME',
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
  'pod-changed': {
    said: (d) => `Pod ${d['pod']} ${d['changed']} while the check was at work`,
    why: 'An address belongs to one Pod. What became of a request to it says nothing about the next Pod of that name.',
    next: () => TRY_AGAIN,
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
  'image-name-invalid': {
    said: (d) => `The name of the image of container ${d['container']} is none: ${d['image']}`,
    why: 'An image is named in lower case: perhaps a registry and a slash, then the name, then a colon and a tag.',
    next: (d) => [
      `Correct the image: kubectl set image pod/${d['pod']} ${d['container']}=IMAGE, or mend the file and apply it again.`,
    ],
  },
  'image-pull-limit': {
    said: (d) => `The registry gives your Nodes no more images for now: ${d['image']}`,
    why: 'Registries limit how many images one address may pull in some hours; Docker Hub counts all that share yours. That is not your work.',
    next: () => [
      'Wait: the kubelet keeps trying, and the limit is per hour.',
      'Or use a copy in another registry: k8snet-tutor start --image CONTAINER=IMAGE',
      'Or have the Nodes log in to the registry: an imagePullSecret, see kubectl explain pod.spec.imagePullSecrets',
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
  'config-missing': {
    said: (d) =>
      `Container ${d['container']} of Pod ${d['pod']} waits for a ConfigMap or Secret that is not there`,
    why: 'A container whose environment names one is started when it is there, and not before.',
    next: (d) => [
      'Compare the names, and the namespace: kubectl get configmaps,secrets',
      `Make what is missing, or take it out of the file: kubectl delete pod ${d['pod']}, then apply it again.`,
    ],
  },
  'command-missing': {
    said: (d) =>
      `Container ${d['container']} of Pod ${d['pod']} can't start its command: the image has no such program`,
    why: 'command takes the place of what the image would run; its first word is a program in the image.',
    next: (d) => [
      `Look at the spelling of command: kubectl get pod ${d['pod']} -o yaml`,
      `Mend the file, kubectl delete pod ${d['pod']}, and apply it again.`,
    ],
  },
  'container-oom': {
    said: (d) =>
      `Container ${d['container']} of Pod ${d['pod']} used more memory than its limit, and was ended`,
    why: 'A container that exceeds its memory limit is killed by the kernel (OOMKilled).',
    next: (d) => [
      `Read its limit: kubectl describe pod ${d['pod']}`,
      'Raise resources.limits.memory in the file, delete the Pod, apply it again.',
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
  'pod-evicted': {
    said: (d) => `Pod ${d['pod']} was ended by Node ${d['node']}`,
    why: 'A Node that runs short of something, or is shut down, ends Pods and takes no more. That is not your work.',
    next: (d) => [
      `See why: kubectl describe pod ${d['pod']}`,
      `kubectl delete pod ${d['pod']}, then apply the file again; another Node may take it.`,
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
  'no-room': {
    said: (d) => `No Node has room for Pod ${d['pod']}: ${d['message']}`,
    why: 'The scheduler adds up the requests of all Pods on a Node, whatever they really use.',
    next: (d) => [
      `How much does it ask for? kubectl get pod ${d['pod']} -o jsonpath='{.spec.containers[*].resources.requests}'`,
      'Lower resources.requests in the file, or make room: kubectl describe nodes shows what is taken.',
    ],
  },
  'taint-untolerated': {
    said: (d) => `Every Node is tainted, and Pod ${d['pod']} tolerates that of none: ${d['message']}`,
    why: 'A taint keeps Pods off a Node: one that is cordoned, not ready, or kept for something else.',
    next: () => [
      'See the taints: kubectl get nodes -o custom-columns=NODE:.metadata.name,TAINTS:.spec.taints',
      'Was a Node cordoned? kubectl uncordon NODE lets Pods in again.',
    ],
  },
  'port-taken': {
    said: (d) => `No Node has the port free that Pod ${d['pod']} wants for itself: ${d['message']}`,
    why: 'hostPort, and hostNetwork, take a port of the Node, which only one Pod there can have.',
    next: () => ['The exercise needs no hostPort: take it out of the file, delete the Pod, apply it again.'],
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
    said: (d) => `Pod ${d['pod']} is still starting${d['seconds'] ? ` after ${d['seconds']} s` : ''}`,
    why: 'A first start pulls images, which can take minutes.',
    next: (d) => [`Watch it: kubectl get pod ${d['pod']} -w`, ...TRY_AGAIN],
  },
};
