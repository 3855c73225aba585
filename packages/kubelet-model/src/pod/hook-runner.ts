import type { Container, Lifecycle, Pod } from '@kube-bonsai/api-types/core/v1'
import { type Clock, sleep } from '@kube-bonsai/clock'
import { getOnce, requestHeaders } from '../probes/http-get.ts'
import { portOf } from '../probes/port.ts'
import type { ContainerRuntime } from '../runtime/container-runtime.ts'
import { ConnectionRefusedError } from '../runtime/network.ts'

/** What a hook does: a command, a request, or nothing for a while. */
export type Hook = NonNullable<Lifecycle['postStart']>

/** The container that a hook belongs to. */
export interface HookTarget {
  readonly pod: Pod
  readonly podIP: string
  readonly container: Container
  readonly containerId: string
}

/**
 * Runs lifecycle hooks in containers.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/kubelet/lifecycle/handlers.go
 */
export class HookRunner {
  readonly #clock: Clock
  readonly #runtime: ContainerRuntime

  constructor(clock: Clock, runtime: ContainerRuntime) {
    this.#clock = clock
    this.#runtime = runtime
  }

  /** Undefined when the hook did its work; otherwise why it did not. A hook ends when its container does. */
  async run(hook: Hook, target: HookTarget): Promise<string | undefined> {
    const { containerId } = target
    let stop = () => {}
    const gone = new Promise<string>((resolve) => {
      stop = this.#runtime.onExit(({ id }) => id === containerId && resolve('the container has ended'))
    })
    try {
      const problem = await Promise.race([this.#do(hook, target), gone])
      return problem === undefined ? undefined : explained(hook, target, problem)
    } finally {
      stop()
    }
  }

  async #do(hook: Hook, { pod, podIP, container, containerId }: HookTarget): Promise<string | undefined> {
    if (hook.exec) return this.#exec(hook.exec.command ?? [], containerId)
    if (hook.sleep) {
      await sleep(this.#clock, hook.sleep.seconds * 1000)
      return undefined
    }
    if (hook.httpGet === undefined) return 'invalid handler'
    // What takes no part in the network has nothing to say about a request: it counts as done, as a probe would.
    if (!this.#runtime.answers(containerId, 'network')) return undefined
    const wanted = hook.httpGet
    const port = portOf(wanted.port, container)
    if (typeof port === 'string') return port
    const host = wanted.host || podIP
    const headers = requestHeaders(wanted.httpHeaders, 'lifecycle')
    let reached = false
    const answer = await getOnce({ wanted, host, port }, async (request) => {
      if (host !== podIP) throw new ConnectionRefusedError(port)
      const response = await this.#runtime.request(pod.metadata.uid ?? '', port, { ...request, headers })
      reached = true
      return response
    })
    // Any answer will do.
    return reached ? undefined : answer.output
  }

  async #exec(command: readonly string[], containerId: string): Promise<string | undefined> {
    // An image that nobody wrote has no commands that could fail.
    if (!this.#runtime.answers(containerId, 'exec')) return undefined
    try {
      const running = this.#runtime.exec(containerId, { argv: command, stdin: false, tty: false })
      let errors = ''
      running.onOutput((stream, text) => {
        if (stream === 'stderr') errors += text
      })
      const code = await running.exited
      return code === 0 ? undefined : `command '${command.join(' ')}' exited with ${code}: ${errors}`
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      return `rpc error: code = Unknown desc = failed to exec in container: ${why}`
    }
  }
}

function explained(hook: Hook, { pod, container }: HookTarget, problem: string): string {
  const { name, namespace, uid } = pod.metadata
  const where = `for Container ${JSON.stringify(container.name)} in Pod ${JSON.stringify(`${name}_${namespace}(${uid})`)}`
  if (hook.exec) {
    const command = (hook.exec.command ?? []).join(' ')
    return `Exec lifecycle hook ([${command}]) ${where} failed - error: ${problem}, message: ""`
  }
  if (hook.httpGet) return `HTTP lifecycle hook (${hook.httpGet.path ?? ''}) ${where} failed - error: ${problem}`
  if (hook.sleep) return `Sleep lifecycle hook (${hook.sleep.seconds}) ${where} failed - error: ${problem}`
  return `Cannot run handler: ${problem}`
}
