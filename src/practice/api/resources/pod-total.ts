interface Containers<Container> {
  containers?: Container[];
  initContainers?: Container[];
}

/**
 * What a Pod comes to when each container has amounts: all containers together with the sidecars, or the greediest init
 * container beside the sidecars before it (k8s.io/component-helpers/resource).
 */
export function podTotal<Container extends { restartPolicy?: string }, Amount>(
  { containers = [], initContainers = [] }: Containers<Container>,
  amountsOf: (container: Container) => Record<string, Amount>,
  plus: (a: Amount, b: Amount) => Amount,
  most: (a: Amount, b: Amount) => Amount,
): Record<string, Amount> {
  const sum: Record<string, Amount> = {};
  const sidecars: Record<string, Amount> = {};
  const greediest: Record<string, Amount> = {};
  for (const container of containers) merge(sum, amountsOf(container), plus);
  for (const container of initContainers) {
    const amounts = amountsOf(container);
    if (container.restartPolicy === 'Always') merge(sidecars, amounts, plus);
    else {
      const beside = { ...amounts };
      merge(beside, sidecars, plus);
      merge(greediest, beside, most);
    }
  }
  merge(sum, sidecars, plus);
  merge(sum, greediest, most);
  return sum;
}

function merge<Amount>(
  into: Record<string, Amount>,
  from: Record<string, Amount>,
  join: (a: Amount, b: Amount) => Amount,
): void {
  for (const [name, amount] of Object.entries(from)) {
    const known = into[name];
    into[name] = known === undefined ? amount : join(known, amount);
  }
}
