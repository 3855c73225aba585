const binary = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi']

/** An amount as people write it: thousandths for cpu, powers of 1024 for bytes, plain counts for the rest. */
export function formatAmount(resource: string, amount: number): string {
  if (resource === 'cpu') return amount % 1000 === 0 ? String(amount / 1000) : `${amount}m`
  if (!['memory', 'ephemeral-storage'].includes(resource) && !resource.startsWith('hugepages-')) return String(amount)
  let [value, unit] = [amount, 0]
  while (value !== 0 && value % 1024 === 0 && unit < binary.length - 1) {
    value /= 1024
    unit += 1
  }
  return `${value}${binary[unit]}`
}
