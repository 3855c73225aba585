import type { Pod } from '@kube-bonsai/api-types/core/v1'
import {
  formatTimeNano,
  instantOfMillis,
  newBadRequest,
  newInternalError,
  type ProcessConnection,
  type Status,
} from '@kube-bonsai/apimachinery'
import type { NodeProxy, PodLogOptions } from '@kube-bonsai/apiserver'
import type { Clock } from '@kube-bonsai/clock'
import {
  ContainerNotFoundError,
  type ContainerRecord,
  type Kubelet,
  type LogLine,
  runtimeUid,
} from '@kube-bonsai/kubelet-model'
import type { NodeFleet } from './node-fleet.ts'
import { connectionTo, exitStatus, OutputQueue, type WantedStreams } from './process-connection.ts'

/** Lets the API server ask the kubelets of simulated nodes for logs and processes. */
export function createNodeProxy(fleet: () => NodeFleet, clock: Clock): NodeProxy {
  const kubeletFor = ({ spec }: Pod): Kubelet => fleet().reach(spec?.nodeName ?? '')
  const running = (kubelet: Kubelet, pod: Pod, name: string): ContainerRecord => {
    const found = kubelet.runtime.list(runtimeUid(pod)).findLast((record) => record.name === name)
    if (found?.state === 'running') return found
    throw newInternalError(`unable to upgrade connection: container not found (${JSON.stringify(name)})`)
  }
  return {
    exec(pod, { container, command, stdin, stdout, stderr, tty }) {
      const kubelet = kubeletFor(pod)
      const { id } = running(kubelet, pod, container)
      return connectionTo(kubelet.runtime.exec(id, { argv: command, stdin, tty }), { stdin, stdout, stderr })
    },
    attach(pod, { container, stdin, stdout, stderr }) {
      const kubelet = kubeletFor(pod)
      const { containers = [], initContainers = [], ephemeralContainers = [] } = pod.spec ?? {}
      const all = [...containers, ...initContainers, ...ephemeralContainers]
      const once = all.some(({ name, stdinOnce }) => name === container && stdinOnce === true)
      return attachedTo(kubelet, running(kubelet, pod, container).id, { stdin, stdout, stderr }, once)
    },
    page: async (node, request) => fleet().page(node, request),
    ports(pod) {
      const { runtime } = kubeletFor(pod)
      const uid = runtimeUid(pod)
      return {
        pod: uid,
        listens: (port) => runtime.listens(uid, port),
        request: (port, request) => runtime.request(uid, port, request),
      }
    },
    logs(pod, options) {
      const kubelet = kubeletFor(pod)
      try {
        const record = kubelet.container(pod, options.container, options.previous)
        const since = sinceOf(options, clock.now())
        const range = {
          ...(options.tailLines !== undefined && { tailLines: options.tailLines }),
          ...(since !== undefined && { since }),
        }
        const known = kubelet.runtime.logs(record.id, range)
        const text = (line: LogLine) =>
          `${options.timestamps ? `${formatTimeNano(instantOfMillis(line.time))} ` : ''}${line.text}\n`
        const follow = (add: (line: LogLine) => void, ended: () => void) => kubelet.followLogs(record, add, ended)
        return limited(options.follow ? followed(known, follow, text) : plain(known, text), options.limitBytes)
      } catch (error) {
        if (error instanceof ContainerNotFoundError) throw newBadRequest(error.message)
        throw error
      }
    },
  }
}

/**
 * A container's own process: what it writes from here on, and what it reads where it reads something. However it ends, attaching
 * to it succeeds. `once` closes its input with that of the client.
 */
function attachedTo({ runtime }: Kubelet, id: string, wanted: WantedStreams, once: boolean): ProcessConnection {
  const output = new OutputQueue()
  const encoder = new TextEncoder()
  let end = (_status: Status) => {}
  const ended = new Promise<Status>((resolve) => {
    end = resolve
  })
  const finish = () => {
    output.end()
    end(exitStatus(0))
  }
  const stop = runtime.attach?.(id, {
    output: (stream, data) => {
      if (wanted[stream]) output.add({ stream, data: typeof data === 'string' ? encoder.encode(data) : data })
    },
    ended: finish,
  })
  if (stop === undefined) throw newInternalError('unsupported: attach: the runtime does not tell what containers write')
  const stdin = wanted.stdin ? runtime.stdin?.(id) : undefined
  const closeInput = () => {
    if (once) stdin?.close()
  }
  const close = () => {
    closeInput()
    stop()
    finish()
  }
  return { output, ended, write: (data) => stdin?.add(data), closeInput, resize: () => {}, close }
}

function sinceOf({ sinceSeconds, sinceTime }: PodLogOptions, now: number): number | undefined {
  if (sinceSeconds !== undefined) return now - sinceSeconds * 1000
  return sinceTime === undefined ? undefined : Date.parse(sinceTime)
}

async function* plain(lines: readonly LogLine[], text: (line: LogLine) => string): AsyncGenerator<string> {
  if (lines.length > 0) yield lines.map(text).join('')
}

async function* followed(
  known: readonly LogLine[],
  follow: (add: (line: LogLine) => void, ended: () => void) => () => void,
  text: (line: LogLine) => string,
): AsyncGenerator<string> {
  const waiting: LogLine[] = [...known]
  let [wake, over] = [() => {}, false]
  const stop = follow(
    (line) => {
      waiting.push(line)
      wake()
    },
    () => {
      over = true
      wake()
    },
  )
  try {
    for (;;) {
      if (waiting.length > 0) yield waiting.splice(0).map(text).join('')
      else if (over) return
      else {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    }
  } finally {
    stop()
  }
}

async function* limited(pieces: AsyncIterable<string>, bytes: number | undefined): AsyncGenerator<string> {
  let left = bytes ?? Number.POSITIVE_INFINITY
  for await (const piece of pieces) {
    if (left <= 0) return
    const encoded = new TextEncoder().encode(piece)
    yield encoded.length <= left ? piece : new TextDecoder().decode(encoded.slice(0, left))
    left -= encoded.length
  }
}
