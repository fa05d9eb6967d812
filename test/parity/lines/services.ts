import { apart, type KubectlName, type Line, live, modern, old, recorded } from '../line.ts';

const service = (spec: unknown, name = 'other'): { stdin: string } => ({
  stdin: JSON.stringify({ apiVersion: 'v1', kind: 'Service', metadata: { name }, spec }),
});
const ports = (...list: unknown[]): { stdin: string } => service({ ports: list });
const bad = (note: string, more: { stdin: string; kubectls?: readonly KubectlName[] }): Line =>
  live('create -f -', { ...more, note });

const goStructure = 'ranges are of each cluster, and 1.20 told lists as Go writes them';

const first = /^(NAME|kubernetes) /;

/** Applied, told of, described, changed, refused; their Endpoints and slices follow the Pods. */
const applied: readonly Line[] = [
  live('get svc', { note: 'none' }),
  live('get svc -n default kubernetes'),
  recorded('get pod/nosuch svc/nosuch'),
  recorded('describe svc nosuch'),
  live('delete svc nosuch'),
  recorded('cluster-info', modern),
  live('apply -f service.yml'),
  live('wait --for=condition=Ready pod/web-a pod/web-b --timeout=60s'),
  live('apply -f service.yml', { note: 'again' }),
  live('get svc'),
  recorded('get svc -o wide'),
  live('get svc -o wide', { note: 'of 1.20' }),
  live('get service web -o name'),
  live('get svc,pods -o name'),
  live('get all'),
  live('get svc web -o jsonpath="{.spec.ports} {.spec.selector} {.spec.type} {.spec.sessionAffinity}"'),
  live('get svc -o custom-columns=NAME:.metadata.name,PORT:.spec.ports[*].port'),
  live('get svc --field-selector metadata.name=nosuch'),
  recorded('get svc web -o yaml'),
  recorded('get endpoints web', { until: /:80,\S+:80/ }),
  recorded('get endpointslices -l kubernetes.io/service-name=web'),
  recorded('describe svc web', modern),
  recorded('describe endpoints web'),
  live('exec web-a -- curl -s -o /dev/null -w %{http_code} http://web', { ...modern, until: /200/ }),
  live('exec web-a -- curl -s -o /dev/null -w %{http_code} http://web.$NS', modern),
  live('exec web-a -- curl -s -o /dev/null -w %{http_code} http://web.$NS.svc', modern),
  live('exec web-a -- curl -s -o /dev/null -w %{http_code} http://web.$NS.svc.cluster.local', modern),
  live('exec web-a -- curl -sS http://nosuch', modern),
  live('exec web-a -- curl -sS http://web.nosuch', modern),
  live('exec web-a -- cat /etc/resolv.conf', modern),
  live('label pod web-b app-'),
  live(`get endpointslices -o jsonpath='{.items[*].endpoints[*].targetRef.name}'`, { until: /^web-a$/ }),
  live('label pod web-b app=web', { note: 'is one of them again' }),
  live(`get endpointslices -o jsonpath='{.items[*].endpoints[*].conditions.ready}'`, { until: /true true/ }),
  live(`patch svc web -p '{"spec":{"ports":[{"port":80,"name":"other"}]}}'`, {
    note: 'a port by its number',
  }),
  live('get svc web -o jsonpath="{.spec.ports}"', { note: 'after that' }),
  bad('no port', service({})),
  bad('ports without names', ports({ port: 80 }, { port: 81 })),
  bad('one name twice', ports({ port: 80, name: 'a' }, { port: 81, name: 'a' })),
  bad('a bad name of a port', ports({ port: 80, name: 'A_b' })),
  bad('port 0', ports({ port: 0 })),
  bad('port 70000', ports({ port: 70_000 })),
  bad('a port of text', { ...ports({ port: '80' }), ...old }),
  bad('targetPort 70000', ports({ port: 80, targetPort: 70_000 })),
  bad('a bad targetPort', ports({ port: 80, targetPort: 'a--b' })),
  bad('no such protocol', ports({ port: 80, protocol: 'ICMP' })),
  bad('nodePort without the type', ports({ port: 80, nodePort: 30_123 })),
  bad('no such type', service({ type: 'Nosuch', ports: [{ port: 80 }] })),
  bad('no such affinity', service({ sessionAffinity: 'Nosuch', ports: [{ port: 80 }] })),
  bad('no external name', service({ type: 'ExternalName' })),
  bad('a selector that is no label', service({ selector: { a: 'not valid' }, ports: [{ port: 80 }] })),
  bad('an unknown field', { ...service({ prots: [], ports: [{ port: 80 }] }), ...old }),
  bad('a name with a number in front', service({ ports: [{ port: 80 }] }, '1web')),
  apart(`patch svc web -p '{"spec":{"clusterIP":"10.96.0.99"}}'`, goStructure, {
    says: /^The Service "web" is invalid: spec.clusterIPs\[0\]: Invalid value: \["IP"\]: may not change once set$/m,
  }),
  live('expose pod nosuch --port=80'),
  live('delete svc web'),
];

/** By the commands that make them. */
export const made: readonly Line[] = [
  live('create service clusterip made --tcp=80:8080'),
  live('create service clusterip made --tcp=80:8080', { note: 'again' }),
  live('create service clusterip none --clusterip=None'),
  live('create service nodeport outside --tcp=80:80 --node-port=31999', modern),
  live('create service nodeport outside-too --tcp=80:80 --node-port=31999', modern),
  live('create service nodeport outside-too --tcp=80:80 --node-port=80'),
  live('create service nodeport outside-too --tcp=80:80'),
  live('create service externalname far --external-name=example.com'),
  live('create service externalname far-too --external-name=Not_A_Name'),
  live('create service loadbalancer wide --tcp=80:80'),
  live('create service clusterip Not_A_Name --tcp=80'),
  live('create service clusterip portless'),
  live('get svc', { note: 'of all types', rows: /^(?!outside|wide)/ }),
  live('get svc outside-too wide -o jsonpath="{.items[*].spec.externalTrafficPolicy} {.items[*].spec.type}"'),
  live(`patch svc made -p '{"spec":{"selector":{"app":"web"}}}'`),
  live(`patch svc made -p '{"spec":{"type":"NodePort"}}'`),
  live('get svc made -o jsonpath={.spec.type}'),
  live(`patch svc made -p '{"spec":{"type":"ClusterIP"}}'`, { note: 'back' }),
  live('get svc made', { note: 'has no nodePort any more' }),
  live('set selector svc none app=web'),
  live('annotate svc none a=b'),
  apart('create service clusterip taken --tcp=80 --clusterip=10.96.0.10', goStructure, {
    ...modern,
    says: /spec.clusterIPs: Invalid value: \["IP"\]: failed to allocate IP IP: provided IP is already allocated/,
  }),
  apart('create service clusterip far --tcp=80 --clusterip=10.0.0.1', goStructure, {
    ...modern,
    says: /the provided IP \(IP\) is not in the valid range. The range of valid IPs is IP\/12/,
  }),
  live('run multi --image=nginx --port=80 --labels=app=other'),
  live('expose pod multi --port=80 --name=mc'),
  live('wait --for=condition=Ready pod/multi --timeout=60s'),
  live('exec multi -- sh -c "env | grep MADE_ | sort"', modern),
  recorded('get svc mc -o yaml'),
  live('expose pod multi --name=mc-too'),
  live('expose pod multi --port=80 --target-port=8080 --type=NodePort --name=mc-node --dry-run=client'),
  live('expose svc mc --port=81 --name=mc-other'),
  live('get svc -l app=other'),
  live('delete svc far none mc-too mc-other --wait=false'),
  live('delete svc mc'),
  live('delete svc made outside-too wide', { note: 'the rest' }),
  live('delete svc outside', modern),
  live('delete pod web-a web-b multi --now'),
  live('get svc,endpointslices', { note: 'none left' }),
  live('get svc -A', { rows: first, note: 'the first' }),
];

export const services: readonly Line[] = [...applied, ...made];
