import type { Duration } from './duration.ts'

const nanosecondsPerSecond = 1_000_000_000n

/**
 * Writes an age as kubectl's tables do, with two or three figures: `3m20s`, `5h`, `2d3h`, `3y100d`.
 *
 * @returns `<invalid>` for less than -1 s
 * @see staging/src/k8s.io/apimachinery/pkg/util/duration/duration.go
 */
export function humanDuration(duration: Duration): string {
  const seconds = Number(duration / nanosecondsPerSecond)
  if (seconds < 120) return fewSeconds(seconds)
  const minutes = Math.floor(seconds / 60)
  if (minutes < 10) return twoParts(minutes, 'm', seconds % 60, 's')
  if (minutes < 180) return `${minutes}m`
  const hours = Math.floor(minutes / 60)
  if (hours < 8) return twoParts(hours, 'h', minutes % 60, 'm')
  if (hours < 48) return `${hours}h`
  const days = Math.floor(hours / 24)
  if (days < 8) return twoParts(days, 'd', hours % 24, 'h')
  if (days < 730) return `${days}d`
  const years = Math.floor(days / 365)
  return years < 8 ? twoParts(years, 'y', days % 365, 'd') : `${years}y`
}

/** Writes an age in one unit: `90s` is `1m`. */
export function shortHumanDuration(duration: Duration): string {
  const seconds = Number(duration / nanosecondsPerSecond)
  if (seconds < 60) return fewSeconds(seconds)
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m`
  const hours = Math.floor(seconds / 3600)
  if (hours < 24) return `${hours}h`
  return hours < 24 * 365 ? `${Math.floor(hours / 24)}d` : `${Math.floor(hours / 24 / 365)}y`
}

/** Clocks may differ by a second. */
function fewSeconds(seconds: number): string {
  return seconds < -1 ? '<invalid>' : `${Math.max(seconds, 0)}s`
}

function twoParts(major: number, majorUnit: string, minor: number, minorUnit: string): string {
  return minor === 0 ? `${major}${majorUnit}` : `${major}${majorUnit}${minor}${minorUnit}`
}
