import type { Container, Pod } from '@kube-bonsai/api-types/core/v1'
import { formatDurationMs, type Timer } from '@kube-bonsai/clock'
import { isSidecar } from '@kube-bonsai/component-helpers'
import type { ProbeTracker } from '../probes/probe-tracker.ts'
import type { ContainerConfig, ContainerRecord } from '../runtime/container-runtime.ts'
import { nextAttempt } from '../status/lost-container.ts'
import { containerMounts } from '../volumes/container-mounts.ts'
import { imageMounts } from '../volumes/image/image-mounts.ts'
import type { ImageVolumes } from '../volumes/image/image-volumes.ts'
import type { PodVolumes } from '../volumes/pod-volumes.ts'
import { ContainerKiller } from './container-killer.ts'
import { CrashBackoff, crashLoopBackOff } from './crash-backoff.ts'
import { type Hook, HookRunner } from './hook-runner.ts'
import { podEtc, visibleHostname } from './pod-etc.ts'
import { ContainerConfigError, expand, resolveEnv } from './resolve-env.ts'
import type { WorkerContext } from './worker-context.ts'

/** Why a container does not run yet. */
interface Waiting {
  readonly reason: string
  readonly message?: string
}

/** Starts the containers of one pod: back-off, image, environment, container, probes; and remembers what is in the way. */
export class ContainerStarter {
  readonly #context: WorkerContext
  readonly #probes: ProbeTracker
  readonly #wake: () => void
  readonly #attemptOf: (name: string) => number | undefined
  readonly #crashes: CrashBackoff
  readonly #waiting: Map<string, Waiting> = new Map()
  readonly #timers: Map<string, Timer> = new Map()
  readonly #hooks: HookRunner
  readonly #killer: ContainerKiller
  readonly #volumes: PodVolumes
  readonly #imageVolumes: ImageVolumes
  readonly #givenUp: Promise<void>
  #giveUp: () => void = () => {}
  #abandoned = false

  /** @param attemptOf the number of the next container of a name that was removed on purpose */
  constructor(
    context: WorkerContext,
    probes: ProbeTracker,
    { volumes, imageVolumes }: { readonly volumes: PodVolumes; readonly imageVolumes: ImageVolumes },
    wake: () => void,
    attemptOf: (name: string) => number | undefined = () => undefined,
  ) {
    this.#attemptOf = attemptOf
    this.#context = context
    this.#probes = probes
    this.#volumes = volumes
    this.#imageVolumes = imageVolumes
    this.#wake = wake
    this.#crashes = new CrashBackoff(crashLoopBackOff(context.configuration, context.gates))
    this.#hooks = new HookRunner(context.clock, context.runtime)
    this.#killer = new ContainerKiller(context)
    this.#givenUp = new Promise((resolve) => {
      this.#giveUp = resolve
    })
  }

  /** Starts nothing any more: the pod is to go. */
  abandon(): void {
    this.#abandoned = true
    this.#giveUp()
    for (const timer of this.#timers.values()) timer.cancel()
    this.#timers.clear()
  }

  /** What each container that does not run waits for. */
  waiting(pod: Pod, records: ReadonlyMap<string, ContainerRecord>): ReadonlyMap<string, Waiting> {
    const hasInit = (pod.spec?.initContainers ?? []).length > 0
    const reason = hasInit ? 'PodInitializing' : 'ContainerCreating'
    const all = new Map<string, Waiting>()
    const { initContainers = [], containers = [], ephemeralContainers = [] } = pod.spec ?? { containers: [] }
    for (const { name } of [...initContainers, ...containers, ...ephemeralContainers]) {
      const known = this.#waiting.get(name)
      if (known) all.set(name, known)
      else if (records.get(name) === undefined) all.set(name, { reason })
    }
    return all
  }

  /** Tries to start a container, `atOnce` without the back-off of crashes. Resolves with true when it runs now; otherwise `wake` is called when it is worth another try. */
  async start(pod: Pod, container: Container, podIP: string, atOnce: boolean = false): Promise<boolean> {
    const { runtime, clock, api } = this.#context
    const { name } = container
    const uid = pod.metadata.uid ?? ''
    const last = runtime.list(uid).findLast((record) => record.name === name)
    if (!atOnce && last?.state === 'exited' && this.#mustWait(pod, container, last)) return false

    if (!this.#hasImageVolumes(pod, container)) return false
    if (!(await this.#pull(pod, container)) || this.#abandoned) return false
    const image = container.image ?? ''
    let id: string
    try {
      const { hostIP, allocatable } = this.#context
      const env = {
        HOSTNAME: visibleHostname(pod, this.#context),
        ...resolveEnv(pod, container, api.objects, { podIP, hostIP, allocatable }),
      }
      const fill = (words: readonly string[] | undefined) => words?.map((word) => expand(word, env))
      const [command, args] = [fill(container.command), fill(container.args)]
      id = runtime.create({
        podUid: uid,
        podName: pod.metadata.name ?? '',
        podNamespace: pod.metadata.namespace ?? '',
        name,
        image,
        attempt: last === undefined ? (this.#attemptOf(name) ?? nextAttempt(pod, name)) : last.attempt + 1,
        expectedToEnd: isExpectedToEnd(pod, container),
        env,
        ...this.#context.place(pod, container),
        ...(container.resources && { resources: container.resources }),
        ...(command && { command }),
        ...(args && { args }),
        ...(container.workingDir && { workingDir: container.workingDir }),
        ...(container.stdin && { stdin: true }),
        ...(container.tty && { tty: true }),
        ...this.#files(container, env),
        ...lastWords(container),
        etc: () => podEtc(pod, { ...this.#context, podIP }),
      })
    } catch (error) {
      const reason = error instanceof ContainerConfigError ? error.reason : 'CreateContainerError'
      this.#imageVolumes.count(container, { reason, message: error instanceof Error ? error.message : '' })
      this.#failed(pod, name, reason, error)
      return false
    }
    this.#imageVolumes.count(container)
    api.event(pod, 'Normal', 'Created', 'Container created')
    if (!atOnce && last?.state === 'exited') this.#crashes.next(crashKey(container), clock.now(), last.finishedAt)
    this.#waiting.delete(name)
    try {
      runtime.start(id)
    } catch (error) {
      this.#failed(pod, name, 'RunContainerError', error)
      return false
    }
    api.event(pod, 'Normal', 'Started', 'Container started')
    this.#forgetOld(uid, name)
    const postStart = container.lifecycle?.postStart
    if (postStart !== undefined && !(await this.#afterStart(postStart, pod, container, podIP, id))) return false
    if (!this.#abandoned) this.#probes.begin(container, id)
    return true
  }

  /** What it sees of the pod's volumes. */
  #files(container: Container, env: Readonly<Record<string, string>>): Partial<ContainerConfig> {
    const now = () => this.#context.clock.now()
    const sources = { env, now, volume: (name: string) => this.#volumes.get(name) }
    const [mounts, images] = [containerMounts(container, sources), imageMounts(container, sources)]
    return {
      ...(images.length > 0 && { imageMounts: images }),
      ...(mounts.length > 0 && { mounts, beforeLook: this.#volumes.beforeLook }),
      ...(container.securityContext?.readOnlyRootFilesystem === true && { readOnlyRoot: true }),
    }
  }

  /** Something is in the way of a container: says so, and tries again by itself. */
  #failed(pod: Pod, name: string, reason: string, error: unknown): void {
    const { api, clock } = this.#context
    const message = error instanceof Error ? error.message : String(error)
    api.event(pod, 'Warning', 'Failed', `Error: ${message}`)
    this.#wait(name, { reason, message }, clock.now() + 10_000, true)
  }

  /** False when the hook failed, and the container was ended for it. */
  async #afterStart(hook: Hook, pod: Pod, container: Container, podIP: string, id: string): Promise<boolean> {
    const { api, clock, runtime } = this.#context
    const ran = this.#hooks.run(hook, { pod, podIP, container, containerId: id })
    const problem = await Promise.race([ran, this.#givenUp])
    if (problem === undefined || this.#abandoned) return true
    api.event(pod, 'Warning', 'FailedPostStartHook', 'PostStartHook failed')
    const record = runtime.list(pod.metadata.uid ?? '').find((entry) => entry.id === id)
    this.#waiting.set(container.name, { reason: 'PostStartHookError', message: problem })
    if (record?.state === 'running') {
      const until = clock.now() + (pod.spec?.terminationGracePeriodSeconds ?? 30) * 1000
      const message = 'FailedPostStartHook'
      await this.#killer.kill({ pod, podIP, container, record, message, deadline: () => until })
    }
    return false
  }

  #mustWait(pod: Pod, container: Container, last: ContainerRecord): boolean {
    const { name } = container
    const { clock, api } = this.#context
    const until = this.#crashes.until(crashKey(container), last.finishedAt ?? 0, clock.now())
    if (until === undefined) return false
    const wait = this.#crashes.current(crashKey(container))
    const { namespace, name: podName, uid } = pod.metadata
    const where = `${podName}_${namespace}(${uid})`
    const known = this.#waiting.get(name)?.reason === 'CrashLoopBackOff'
    const message = `back-off ${formatDurationMs(wait)} restarting failed container=${name} pod=${where}`
    // A crash loop goes on for ever: after its first rounds nobody waits for the next.
    this.#wait(name, { reason: 'CrashLoopBackOff', message }, until, wait > 20_000)
    if (!known) api.event(pod, 'Warning', 'BackOff', `Back-off restarting failed container ${name} in pod ${where}`)
    return true
  }

  /** False where it mounts an image that is not there. */
  #hasImageVolumes(pod: Pod, { name, ...container }: Container): boolean {
    const missing = this.#imageVolumes.missing({ name, ...container })
    for (const { reason } of missing) this.#context.api.event(pod, 'Warning', 'Failed', `Error: ${reason}`)
    const last = missing.at(-1)
    if (last === undefined) return true
    const { reason, message } = last
    this.#wait(name, { reason, message }, Math.min(...missing.map(({ retryAt }) => retryAt)), true)
    return false
  }

  /** True when the image is there. */
  async #pull(pod: Pod, container: Container): Promise<boolean> {
    const { images, api } = this.#context
    const { image = '', imagePullPolicy: policy = 'IfNotPresent', name } = container
    const ensured = await images.ensure(pod, { image, policy })
    if (ensured.ok) return true
    const { reason, message, retryAt } = ensured
    api.event(pod, 'Warning', 'Failed', `Error: ${reason}`)
    this.#wait(name, { reason, message }, retryAt, true)
    return false
  }

  #wait(name: string, waiting: Waiting, until: number, background: boolean): void {
    this.#waiting.set(name, waiting)
    this.#timers.get(name)?.cancel()
    this.#timers.set(name, this.#context.clock.schedule(until, this.#wake, { background }))
  }

  /** Keeps the newest container and the one before it, whose log can still be asked for. */
  #forgetOld(uid: string, name: string): void {
    const { runtime } = this.#context
    const own = runtime.list(uid).filter((record) => record.name === name)
    for (const record of own.slice(0, -2)) runtime.remove(record.id)
  }
}

/** With another image, or another size, it is another container: its crashes are counted anew. */
const crashKey = ({ name, image = '', resources = {} }: Container): string =>
  JSON.stringify([name, image, resources.limits, resources.requests])

/** True where a success is the end of it: init containers, and containers that nobody starts again. */
function isExpectedToEnd(pod: Pod, container: Container): boolean {
  if (isSidecar(container)) return false
  const isInit = pod.spec?.initContainers?.some((entry) => entry.name === container.name) === true
  return isInit || (container.restartPolicy ?? pod.spec?.restartPolicy ?? 'Always') !== 'Always'
}

const usualPath = '/dev/termination-log'

/** Where a container says why it ended, if not where most do. */
function lastWords({ terminationMessagePath: path = usualPath, terminationMessagePolicy: policy }: Container) {
  return {
    ...(path !== usualPath && { terminationMessagePath: path }),
    ...(policy === 'FallbackToLogsOnError' && { terminationMessageFromLog: true }),
  }
}
