const encoder = new TextEncoder()

/** What a container may leave behind to say why it ended. */
export interface TerminationSources {
  /** What its file holds; undefined where there is none. */
  readonly file: string | Uint8Array | undefined
  /** The last lines of its log, for one whose log may speak for it when it fails and has written nothing. */
  readonly log?: ((lines: number) => readonly string[]) | undefined
  readonly exitCode: number
}

const longestFile = 4096
const longestLog = 2048
const mostLines = 80
const longestOfPod = 12_288

/**
 * Why a container ended, in its own words; empty for one that says nothing.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/kubelet/kuberuntime/kuberuntime_container.go getTerminationMessage
 */
export function terminationMessage({ file, log, exitCode }: TerminationSources): string {
  const written = end(file ?? '', longestFile)
  if (written !== '' || log === undefined || exitCode === 0) return written
  return end(
    log(mostLines)
      .map((line) => `${line}\n`)
      .join(''),
    longestLog,
  )
}

/** What of a message fits into the status of a pod with so many containers; all of them share 12 KiB. */
export function fittingMessage(message: string, containers: number): string {
  const most = containers > 0 ? Math.floor(longestOfPod / containers) : longestOfPod
  // No character takes more than three bytes for each of its code units.
  if (message.length * 3 <= most) return message
  const bytes = encoder.encode(message)
  return bytes.length <= most ? message : new TextDecoder().decode(bytes.subarray(0, most))
}

function end(data: string | Uint8Array, most: number): string {
  const bytes = typeof data === 'string' ? encoder.encode(data) : data
  return new TextDecoder().decode(bytes.subarray(Math.max(0, bytes.length - most)))
}
