import type { Container } from '@kube-bonsai/api-types/core/v1'

/**
 * The number of a port that a probe or hook names; a text says why there is none.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/probe/util.go
 */
export function portOf(wanted: number | string | undefined, container: Container): number | string {
  let port = -1
  if (typeof wanted === 'number') port = wanted
  else if (wanted !== undefined) {
    const named = container.ports?.find(({ name }) => name === wanted)?.containerPort
    if (named === undefined && !/^[+-]?\d+$/.test(wanted))
      return `strconv.Atoi: parsing ${JSON.stringify(wanted)}: invalid syntax`
    port = named ?? Number.parseInt(wanted, 10)
  }
  return port > 0 && port < 65536 ? port : `invalid port number: ${port}`
}
