import type { Container, Probe } from '@kube-bonsai/api-types/core/v1'
import { type Clock, formatDurationMs } from '@kube-bonsai/clock'
import { expand } from '../pod/resolve-env.ts'
import type { ContainerRuntime } from '../runtime/container-runtime.ts'
import { ConnectionRefusedError } from '../runtime/network.ts'
import { getOnce, type HttpAnswer } from './http-get.ts'
import { portOf } from './port.ts'
import { late, withinTime } from './within-time.ts'

/** What a probe found: `unknown` is thrown away, a `warning` counts as success. */
export interface ProbeAnswer {
  readonly result: 'success' | 'warning' | 'failure' | 'unknown'
  /** What the kubelet's event says. */
  readonly output: string
}

/** Where a probe goes. */
export interface ProbeTarget {
  readonly podUid: string
  readonly podIP: string
  readonly containerId: string
  readonly container: Container
}

const maxOutput = 10 * 1024
const maxAttempts = 3

/**
 * Asks the probes of containers: commands by exec, HTTP, TCP and gRPC by who listens in the pod.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/kubelet/prober/prober.go
 */
export class Prober {
  readonly #clock: Clock
  readonly #runtime: ContainerRuntime

  constructor(clock: Clock, runtime: ContainerRuntime) {
    this.#clock = clock
    this.#runtime = runtime
  }

  /** Undefined when the container's program takes no part in this kind of probe: then it succeeds for as long as it runs. */
  ask(probe: Probe, target: ProbeTarget): Promise<ProbeAnswer> | undefined {
    const own = this.#runtime.probe(target.containerId, probe)
    if (own !== undefined)
      return own.then(({ success, message }) => ({ result: success ? 'success' : 'failure', output: message }))
    if (!this.#runtime.answers(target.containerId, probe.exec ? 'exec' : 'network')) return undefined
    return this.#withRetries(probe, target)
  }

  async #withRetries(probe: Probe, target: ProbeTarget): Promise<ProbeAnswer> {
    const limit = (probe.timeoutSeconds ?? 1) * 1000
    let answer: ProbeAnswer = { result: 'unknown', output: `missing probe handler for ${target.container.name}` }
    for (let attempt = 0; attempt < maxAttempts; attempt++) {
      answer = await this.#once(probe, target, limit)
      if (answer.result !== 'unknown') return answer
    }
    return answer
  }

  #once(probe: Probe, target: ProbeTarget, limit: number): Promise<ProbeAnswer> {
    if (probe.exec) return this.#exec(probe.exec.command ?? [], target, limit)
    if (probe.grpc) return this.#grpc(probe.grpc.port, probe.grpc.service ?? '', target, limit)
    const wanted = probe.httpGet?.port ?? probe.tcpSocket?.port
    const port = portOf(wanted, target.container)
    if (typeof port === 'string') return Promise.resolve({ result: 'unknown', output: port })
    if (probe.httpGet) return this.#http(probe.httpGet, port, target, limit)
    const host = probe.tcpSocket?.host || target.podIP
    return Promise.resolve(this.#tcp(host, port, target))
  }

  async #exec(command: readonly string[], target: ProbeTarget, limit: number): Promise<ProbeAnswer> {
    const fixed: Record<string, string> = Object.create(null)
    for (const { name, value } of target.container.env ?? [])
      if (value !== undefined) fixed[name] = expand(value, fixed)
    const argv = command.map((word) => expand(word, fixed))
    let output = ''
    try {
      const running = this.#runtime.exec(target.containerId, { argv, stdin: false, tty: false })
      running.onOutput((_stream, text) => {
        output = (output + text).slice(0, maxOutput)
      })
      const code = await withinTime(this.#clock, limit, running.exited)
      if (code !== late) return { result: code === 0 ? 'success' : 'failure', output }
      running.terminate()
      const took = formatDurationMs(limit)
      const why = `command timed out: ${JSON.stringify(argv.join(' '))} timed out after ${took}`
      return { result: 'failure', output: why }
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      return { result: 'unknown', output: `rpc error: code = Unknown desc = failed to exec in container: ${why}` }
    }
  }

  async #http(
    wanted: NonNullable<Probe['httpGet']>,
    port: number,
    target: ProbeTarget,
    limit: number,
  ): Promise<ProbeAnswer> {
    const host = wanted.host || target.podIP
    const get = getOnce({ wanted, host, port }, (request) =>
      host === target.podIP
        ? this.#runtime.request(target.podUid, port, request)
        : Promise.reject(new ConnectionRefusedError(port)),
    )
    const answer: HttpAnswer | typeof late = await withinTime(this.#clock, limit, get)
    if (answer !== late) return answer
    const url = `${(wanted.scheme ?? 'HTTP').toLowerCase()}://${host}:${port}${wanted.path ?? '/'}`
    const why = 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)'
    return { result: 'failure', output: `Get ${JSON.stringify(url)}: ${why}` }
  }

  #tcp(host: string, port: number, { podIP, podUid }: ProbeTarget): ProbeAnswer {
    if (host === podIP && this.#runtime.listens(podUid, port)) return { result: 'success', output: '' }
    return { result: 'failure', output: `dial tcp ${host}:${port}: connect: connection refused` }
  }

  async #grpc(port: number, service: string, { podIP, podUid }: ProbeTarget, limit: number): Promise<ProbeAnswer> {
    const failure = (output: string): ProbeAnswer => ({ result: 'failure', output })
    const took = formatDurationMs(limit)
    try {
      const health = await withinTime(this.#clock, limit, this.#runtime.grpcHealth(podUid, port, service))
      if (health === late) return failure(`timeout: health rpc did not complete within ${took}`)
      if (health === 'SERVING') return { result: 'success', output: 'service healthy' }
      if (health === 'UNIMPLEMENTED') {
        const why = 'unknown service grpc.health.v1.Health'
        return failure(`error: this server does not implement the grpc health protocol (grpc.health.v1.Health): ${why}`)
      }
      if (health === 'SERVICE_UNKNOWN')
        return failure('error: health rpc probe failed: rpc error: code = NotFound desc = unknown service')
      return failure(`service unhealthy (responded with ${JSON.stringify(health)})`)
    } catch (error) {
      if (!(error instanceof ConnectionRefusedError)) throw error
      const where = JSON.stringify(`${podIP}:${port}`)
      return failure(`timeout: failed to connect service ${where} within ${took}: context deadline exceeded`)
    }
  }
}
