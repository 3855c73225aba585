/** Whether a host in square brackets, with a port perhaps, is closed and followed by nothing else. */
export function isBracketedHost(host: string): boolean {
  const end = host.lastIndexOf(']')
  return end > 0 && /^(?::[0-9]*)?$/.test(host.slice(end + 1)) && !/%(?!25|[0-9a-fA-F]{2})/.test(host)
}
