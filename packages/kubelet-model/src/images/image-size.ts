const MiB = 1024 * 1024
const GiB = 1024 * MiB

/** Sizes above which a label holds, the largest first. */
const labels: readonly (readonly [above: number, label: string])[] = [
  [100 * GiB, 'GT100GB'],
  [60 * GiB, '60GB-100GB'],
  [40 * GiB, '40GB-60GB'],
  [30 * GiB, '30GB-40GB'],
  [20 * GiB, '20GB-30GB'],
  [10 * GiB, '10GB-20GB'],
  [5 * GiB, '5GB-10GB'],
  [GiB, '1GB-5GB'],
  [500 * MiB, '500MB-1GB'],
  [100 * MiB, '100MB-500MB'],
  [10 * MiB, '10MB-100MB'],
  [0, '0-10MB'],
]

/** How metrics call the size of an image. */
export function sizeBucket(bytes: number): string {
  return labels.find(([above]) => bytes > above)?.[1] ?? 'N/A'
}

/** Upper ends of the buckets of image_pull_duration_seconds. */
export const durationBuckets: readonly number[] = [
  1, 5, 10, 20, 30, 60, 120, 180, 240, 300, 360, 480, 600, 900, 1200, 1800, 2700, 3600,
]
