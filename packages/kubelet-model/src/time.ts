import { formatTime, instantOfMillis } from '@kube-bonsai/apimachinery'

/** A time of the API: RFC 3339 with whole seconds. `milliseconds` count from the epoch. */
export function apiTime(milliseconds: number): string {
  return formatTime(instantOfMillis(milliseconds))
}
