import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Command } from 'commander'
import type { Cluster } from '../../cluster/cluster.ts'
import type { ClusterOptions } from '../../cluster/options.ts'
import type { CommandContext } from '../command-context.ts'
import { readConfigFile } from '../config-file.ts'
import { type Console, paint } from '../console.ts'
import { parseCount, parseGates, parseList, parseNodes, parsePort, parseRuntimeConfig } from '../flags.ts'
import { addIdentityFlags, authenticationOf, type IdentityFlags, serviceAccountsOf } from '../identity-flags.ts'
import { nodesOf } from '../nodes-file.ts'
import { inApplyOrder } from '../order.ts'
import { printFailures } from '../print-failures.ts'
import { progressOn } from '../progress.ts'
import { readSources } from '../sources.ts'
import { formatTable } from '../table.ts'

interface UpOptions extends IdentityFlags {
  readonly port: number
  readonly http?: boolean
  readonly nodes: number | string
  readonly filename?: readonly string[]
  readonly kubeconfig?: string
  readonly seed: string
  readonly featureGates?: Readonly<Record<string, boolean>>
  readonly schedulerConfig?: string
  readonly runtimeConfig?: Readonly<Record<string, boolean>>
  readonly serviceClusterIpRange?: string
  readonly serviceNodePortRange?: string
  readonly enableAdmissionPlugins?: readonly string[]
  readonly disableAdmissionPlugins?: readonly string[]
  readonly authorizationMode?: readonly string[]
  readonly maxRequestsInflight?: number
  readonly maxMutatingRequestsInflight?: number
  readonly controllers?: readonly string[]
  readonly controlPlaneOnly?: boolean
}

/** `bonsai up`: a cluster that serves on loopback until Ctrl-C. */
export function addUpCommand(program: Command, { console }: CommandContext): void {
  const command = program
    .command('up')
    .description('Serve a cluster on loopback for kubectl and a browser, until Ctrl-C.')
    .option('-p, --port <port>', 'port to listen on; 0 takes a free one', parsePort, 0)
    .option('--http', 'plain HTTP instead of HTTPS with a throw-away authority')
    .option('--nodes <count|file>', 'how many nodes the cluster has, or a file that describes them', parseNodes, 3)
    .option('-f, --filename <path...>', 'manifests to apply at the start: files, directories or -')
    .option('--kubeconfig <file>', 'where to write the kubeconfig; a file in the temporary folder by default')
    .option('--seed <text>', 'where all randomness comes from', '1')
    .option('--scheduler-config <file>', 'a KubeSchedulerConfiguration for the scheduler')
    .option('--feature-gates <gates>', "gates that differ from v1.35's defaults: A=true,B=false", parseGates)
    .option(
      '--runtime-config <versions>',
      'API versions to serve: api/all=true, GROUP/VERSION=false',
      parseRuntimeConfig,
    )
    .option('--service-cluster-ip-range <cidr>', 'where services get their addresses; 10.96.0.0/12 by default')
    .option('--service-node-port-range <ports>', 'node ports that services get; 30000-32767 by default')
    .option('--enable-admission-plugins <names>', 'admission plugins to run beside the default ones', parseList)
    .option('--disable-admission-plugins <names>', 'default admission plugins not to run', parseList)
    .option(
      '--authorization-mode <names>',
      'who decides who may do what, in this order; Node,RBAC by default',
      parseList,
    )
    .option('--max-requests-inflight <count>', 'with the next flag: how many requests are answered at once', parseCount)
    .option('--max-mutating-requests-inflight <count>', 'as upstream; 400 and 200 by default', parseCount)
    .option('--controllers <names>', 'controllers to run: * all, NAME that one, -NAME not that one', parseList)
    .option('--control-plane-only', 'no nodes and no scheduler; no controllers either, unless --controllers names them')
    .option('-o, --output <format>', 'text, or json for one line that tells programs where to connect', 'text')
  addIdentityFlags(command).action(async (options: UpOptions & { readonly output: string }) => {
    const started = Date.now()
    const { Cluster } = await import('../../cluster/cluster.ts')
    const { kubectlAsAdmin, listen, newCredentials, newToken, webhookFetch } = await import('../../server/index.ts')
    const { readManifests } = await import('../../cluster/manifests.ts')
    const manifests = options.filename
      ? inApplyOrder(await readManifests(await readSources(options.filename, console)))
      : []
    const { schedulerConfig } = options
    const schedulerConfiguration =
      schedulerConfig === undefined ? undefined : await readConfigFile('--scheduler-config', schedulerConfig)
    const shapes = options.controlPlaneOnly ? [] : await nodesOf(options.nodes, console)
    const progress = progressOn(console, options.output === 'text')
    progress.say('starting the cluster')
    const credentials = options.http ? undefined : await newCredentials(started)
    const token = credentials?.token ?? newToken()
    const authentication = await authenticationOf(options, [[token, clusterAdmin]])
    const cluster = await Cluster.create({
      clock: 'system',
      nodes: shapes,
      seed: options.seed,
      ...(credentials && { rootCa: credentials.ca }),
      authentication,
      ...(options.http && { authenticate: kubectlAsAdmin(authentication.tokens?.values() ?? []) }),
      serviceAccounts: await serviceAccountsOf(options),
      webhooks: webhookFetch,
      ...(schedulerConfiguration !== undefined && { schedulerConfiguration }),
      ...serverOptions(options),
    })
    const server = await listen(cluster, {
      port: options.port,
      http: options.http ?? false,
      page: true,
      token,
      guarded: false,
      ...(credentials && { credentials }),
      kubeconfig: options.kubeconfig ?? join(tmpdir(), `bonsai-${process.pid}.kubeconfig`),
    })
    progress.done()
    try {
      if (options.output === 'json') {
        const { url, kubeconfigPath, pageUrl, token } = server
        console.out(`${JSON.stringify({ url, kubeconfig: kubeconfigPath, page: pageUrl, token })}\n`)
      } else {
        printWelcome(console, cluster, server, Date.now() - started)
      }
      const results = await cluster.tryApply(manifests)
      printFailures(console, results)
      if (options.output === 'text' && results.length > 0) await watchProgress(console, cluster, results.length)
      if (options.output === 'text') console.out(`\nServing until Ctrl-C.\n`)
      await console.interrupted()
    } finally {
      await server.close()
      cluster.close()
    }
  })
}

/** On in every cluster that kubeadm makes. */
const nodes = 'NodeRestriction'
const clusterAdmin = { name: 'kubernetes-admin', groups: ['system:masters'] }

/** The flags that mean the same to `Cluster.create`. */
function serverOptions(options: UpOptions): ClusterOptions {
  const { featureGates, runtimeConfig, serviceClusterIpRange, controllers, controlPlaneOnly = false } = options
  const { disableAdmissionPlugins: disabled = [] } = options
  return {
    ...(featureGates && { featureGates }),
    ...(runtimeConfig && { runtimeConfig }),
    ...(serviceClusterIpRange && { serviceClusterIPRange: serviceClusterIpRange }),
    ...(options.serviceNodePortRange && { serviceNodePortRange: options.serviceNodePortRange }),
    ...(options.authorizationMode && { authorizationModes: options.authorizationMode }),
    requestsInflight: {
      ...(options.maxRequestsInflight !== undefined && { max: options.maxRequestsInflight }),
      ...(options.maxMutatingRequestsInflight !== undefined && { maxMutating: options.maxMutatingRequestsInflight }),
    },
    admissionPlugins: {
      enable: [...(options.enableAdmissionPlugins ?? []), ...(disabled.includes(nodes) ? [] : [nodes])],
      disable: disabled,
    },
    controllers: controllers ?? !controlPlaneOnly,
    controlPlaneOnly,
  }
}

function printWelcome(
  console: Console,
  cluster: Cluster,
  server: { readonly url: string; readonly kubeconfigPath: string; readonly pageUrl: string },
  took: number,
): void {
  const bold = (text: string) => paint(console, 'bold', text)
  console.out(
    `Kubernetes v1.35.4 in miniature: ${cluster.nodes.names.length} nodes, ready after ${took} ms\n\n` +
      `  kubectl   ${bold(`export KUBECONFIG=${server.kubeconfigPath}`)}\n` +
      `            ${bold('kubectl get pods -A')}\n` +
      `  API       ${server.url}\n` +
      `  browser   ${bold(server.pageUrl)}\n\n`,
  )
}

/** Shows the workloads as they come up, until all are there or a minute is over. */
async function watchProgress(console: Console, cluster: Cluster, count: number): Promise<void> {
  const progress = progressOn(console, true)
  const deadline = Date.now() + 60_000
  let states = await cluster.workloads()
  while (Date.now() < deadline && states.some((state) => !state.done)) {
    const parts = states.map(
      (state) => `${paint(console, state.done ? 'good' : 'busy', state.name)} ${state.ready}/${state.wanted}`,
    )
    progress.say(parts.join('  '))
    await new Promise((resolve) => setTimeout(resolve, 200))
    states = await cluster.workloads()
  }
  progress.done()
  console.out(`Applied ${count} objects:\n`)
  const rows = states.map((state) => [
    state.namespace,
    state.kind,
    state.name,
    paint(console, state.done ? 'good' : 'bad', `${state.ready}/${state.wanted}`),
  ])
  console.out(formatTable(['NAMESPACE', 'KIND', 'NAME', 'READY'], rows))
  for (const problem of await cluster.problems()) {
    console.out(
      `${paint(console, 'bad', problem.reason)} ${problem.kind} ${problem.namespace}/${problem.name}: ${problem.message}\n`,
    )
  }
}
