import { strategyFor as builtInStrategyFor, type Strategy } from '@kube-bonsai/api-strategies'
import type { ResourceInfo } from '@kube-bonsai/api-types'
import {
  type ApiRequest,
  type ApiResponse,
  type CancelSignal,
  formatTime,
  instantOfMillis,
  type KubeObject,
  newUnauthorized,
  type Transport,
} from '@kube-bonsai/apimachinery'
import type { Clock, Random } from '@kube-bonsai/clock'
import { createFeatureGates, type FeatureGates } from '@kube-bonsai/feature-gates'
import { createMemoryStorage, type Storage } from '@kube-bonsai/storage'
import { type AdmissionSelection, defaultAdmission } from './admission/default-chain.ts'
import type { AdmissionWebhookFetch } from './admission/webhooks/call.ts'
import { addressObjects } from './allocation/address-objects.ts'
import { bootstrapServiceCIDR } from './allocation/default-service-cidr.ts'
import { ServiceAllocation } from './allocation/services.ts'
import {
  Authentication,
  type AuthenticationOptions,
  type RequestAuthenticator,
} from './authentication/authentication.ts'
import { AuthenticationError } from './authentication/authenticator.ts'
import { Impersonation } from './authentication/impersonation/impersonation.ts'
import { labelSecret } from './authentication/service-accounts/label-secret.ts'
import { tokenObjects } from './authentication/service-accounts/lookup.ts'
import type { ServiceAccountOptions } from './authentication/service-accounts/options.ts'
import { ServiceAccountTokens } from './authentication/service-accounts/service-account-tokens.ts'
import { attributesOf } from './authorization/authorizer.ts'
import { writeBootstrapPolicy } from './authorization/bootstrap-policy/write.ts'
import { type Authorization, createAuthorization } from './authorization/modes.ts'
import { accessRefusal } from './authorization/refusal.ts'
import { bootstrap } from './bootstrap/basics.ts'
import { writeOwnObjects } from './bootstrap/write.ts'
import { EncodedObjects } from './codec/encoded-objects.ts'
import type { HttpRequest, HttpResponse } from './codec/exchange.ts'
import { readRequest, writeResponse, type YamlCodec } from './codec/http.ts'
import { servedTypes } from './codec/negotiation.ts'
import { wantsPretty } from './codec/pretty.ts'
import { fromWeb, toWeb } from './codec/web.ts'
import { newRequestContext, type ServerContext, type User } from './context.ts'
import { DefinitionControllers } from './custom-resources/controllers/run.ts'
import { CustomResources } from './custom-resources/custom-resources.ts'
import { deleteCustomObjects } from './custom-resources/deletion.ts'
import { reviewSender, type WebhookFetch } from './custom-resources/webhook-fetch.ts'
import { flagsOf } from './discovery/flags.ts'
import { type PageSources, servePage } from './discovery/pages.ts'
import { type ApiExtension, withExtensions } from './extensions/extensions.ts'
import { FlowControl } from './flow-control/flow-control.ts'
import { inTurn } from './flow-control/in-turn.ts'
import { type RequestsInflight, seatsOf } from './flow-control/seats.ts'
import { answerResource } from './handlers/answer.ts'
import { counted } from './metrics/counted.ts'
import { RequestCounts } from './metrics/request-counts.ts'
import { OwnControllers } from './own-controllers/run.ts'
import { Catalog } from './registry/catalog.ts'
import { startCompaction } from './registry/compaction.ts'
import { PodsByNode } from './registry/pods-by-node.ts'
import { withWarnings } from './request/deprecation.ts'
import { refusal } from './request/refusal.ts'
import { type RequestInfo, requestInfo } from './request/request-info.ts'
import { checkTimeout } from './request/timeout.ts'
import type { NodeProxy } from './subresources/node-proxy.ts'

/** How a server is made. */
export interface ApiServerOptions {
  readonly clock: Clock
  readonly random: Random
  /** A new one in memory when absent. Everything the server knows is in it. */
  readonly storage?: Storage<KubeObject>
  readonly gates?: FeatureGates
  /** `--runtime-config`: `api/all`, `group/version` and so on, to on or off. */
  readonly runtimeConfig?: Readonly<Record<string, boolean>>
  /** `--service-cluster-ip-range`; 10.96.0.0/12 by default. Two, parted by a comma, are dual stack. Throws a RangeError for what is none. */
  readonly serviceClusterIPRange?: string
  /** `--enable-admission-plugins` and `--disable-admission-plugins`. Throws a RangeError for names that are none. */
  readonly admissionPlugins?: AdmissionSelection
  /** Reaches the webhooks of admission; without it they count as out of reach. */
  readonly admissionWebhooks?: AdmissionWebhookFetch
  /** `--service-node-port-range`; 30000-32767 by default. Throws a RangeError for what is none. */
  readonly serviceNodePortRange?: string
  /**
   * `--max-requests-inflight` and `--max-mutating-requests-inflight`, 400 and 200 by default: together the seats that
   * priority levels share, for requests over HTTP. Throws a RangeError for what is no whole number, and where there would be no seat.
   */
  readonly requestsInflight?: RequestsInflight
  /** Where logs come from; without it they are refused. */
  readonly nodeProxy?: NodeProxy
  /** APIs beside the server's own, as aggregated servers add them. */
  readonly extensions?: readonly ApiExtension[]
  /** The rules of each kind; those of api-strategies when absent. Those of a kind that it does not know are the built-in ones. */
  readonly strategies?: (group: string, kind: string) => Strategy | undefined
  /**
   * Says who asks over HTTP, or undefined to leave it to the request's bearer token, and to refuse requests without one.
   * It does not concern `transport`.
   */
  readonly authenticate?: RequestAuthenticator
  /**
   * Who else is known over HTTP. Without this and `authenticate`, whoever sends no bearer token is an admin, and those
   * of service accounts are known.
   */
  readonly authentication?: AuthenticationOptions
  /** How tokens of service accounts are made and checked. Throws a RangeError for what does not fit. */
  readonly serviceAccounts?: ServiceAccountOptions
  /** `--authorization-mode`: Node and RBAC by default. Throws a RangeError for names that are none, and for ABAC and Webhook. */
  readonly authorizationModes?: readonly string[]
  /** Reaches the conversion webhooks of custom resources; without it conversions by webhook are refused. */
  readonly conversionWebhooks?: WebhookFetch
  /** Reads and writes YAML; without it YAML bodies are refused with 415 and answers are JSON. */
  readonly yaml?: YamlCodec
}

/** A Kubernetes v1.35 API server. */
export interface ApiServer {
  readonly storage: Storage<KubeObject>
  /** In process, as the admin: objects go by reference, nothing is encoded. */
  readonly transport: Transport
  /** The same as somebody else; nobody checks that they are who they are, only what they may do. */
  transportAs(user: User): Transport
  /** Answers an HTTP request; for any host that speaks fetch. Never rejects. */
  handle(request: Request): Promise<Response>
  /** The same for a host without fetch's objects, such as `node:http`, which would pay more for them than for the answer. Never rejects. */
  answer(request: HttpRequest): Promise<HttpResponse>
  /** Makes the system namespaces, priority classes, the service `kubernetes`, and the roles and bindings of every cluster. Harmless when repeated. */
  bootstrap(): Promise<void>
  /** Ends all watches. */
  close(): void
}

const admin: User = { name: 'kubernetes-admin', groups: ['system:masters', 'system:authenticated'] }

/** The server as a client of its own API. */
const itself: User = { name: 'system:apiserver', groups: ['system:masters', 'system:authenticated'] }

/** Makes a server; it answers at once. */
export function createApiServer(options: ApiServerOptions): ApiServer {
  return new BonsaiApiServer(options)
}

class BonsaiApiServer implements ApiServer {
  readonly storage: Storage<KubeObject>
  readonly transport: Transport
  readonly #context: ServerContext
  readonly #authorization: Authorization
  readonly #impersonation: Impersonation
  readonly #services: ServiceAllocation
  readonly #yaml: YamlCodec | undefined
  readonly #watches: Set<() => void> = new Set()
  readonly #encoded = new EncodedObjects()
  readonly #stopCompaction: () => void
  readonly #flowControl: FlowControl
  readonly #ownControllers: OwnControllers
  readonly #pages: PageSources
  readonly #requests = new RequestCounts()

  constructor(options: ApiServerOptions) {
    const { clock, random, runtimeConfig, serviceClusterIPRange = '10.96.0.0/12' } = options
    this.storage = options.storage ?? createMemoryStorage<KubeObject>()
    this.#services = new ServiceAllocation({
      storage: this.storage,
      random: random.fork('services'),
      addresses: serviceClusterIPRange,
      nodePorts: options.serviceNodePortRange ?? '30000-32767',
      objects: addressObjects(() => this.#context),
    })
    this.#yaml = options.yaml
    this.#stopCompaction = startCompaction(this.storage, clock)
    this.#flowControl = new FlowControl(this.storage, clock, seatsOf(options.requestsInflight))
    const customResources = new CustomResources({
      storage: this.storage,
      random: random.fork('custom-resources'),
      ...(options.conversionWebhooks && { send: reviewSender(options.conversionWebhooks) }),
    })
    const gates = options.gates ?? createFeatureGates()
    this.#authorization = createAuthorization(this.storage, gates, options.authorizationModes)
    this.#impersonation = new Impersonation(this.#authorization.authorizer, gates)
    const { extensions = [] } = options
    const catalog = new Catalog(runtimeConfig, withExtensions(extensions, customResources))
    const objects = tokenObjects(this.storage)
    const serviceAccountTokens = new ServiceAccountTokens({
      clock,
      objects,
      options: options.serviceAccounts,
      label: labelSecret(this.transportAs(itself)),
    })
    this.#context = {
      storage: this.storage,
      clock,
      random,
      gates,
      catalog,
      admission: defaultAdmission(options.admissionPlugins),
      authorizer: this.#authorization.authorizer,
      policies: this.#authorization.policies,
      authentication: new Authentication({
        audiences: serviceAccountTokens.settings.audiences,
        serviceAccounts: serviceAccountTokens,
        options: options.authentication,
        custom: options.authenticate,
        admin,
      }),
      serviceAccountTokens,
      tokenObjects: objects,
      nodeProxy: options.nodeProxy,
      extensions,
      podsByNode: new PodsByNode(this.storage),
      customResources,
      writeHooks: this.#services,
      admissionWebhooks: options.admissionWebhooks,
      strategyFor: strategyTable(catalog, options.strategies ?? builtInStrategyFor),
    }
    this.#pages = {
      catalog,
      extensions,
      customResources,
      serviceAccountTokens,
      flowControl: this.#flowControl,
      storage: this.storage,
      requests: this.#requests,
      zPages: { gates, clock, random: random.fork('zpages'), started: clock.now(), flags: flagsOf(options) },
    }
    this.transport = this.transportAs(admin)
    this.#runDefinitionControllers(customResources)
    const own = this.transportAs(itself)
    this.#ownControllers = new OwnControllers({
      storage: this.storage,
      clock,
      customResources,
      request: (request) => own.request(request),
    })
  }

  transportAs(user: User): Transport {
    return { request: (request) => this.#dispatch(request, user) }
  }

  async handle(request: Request): Promise<Response> {
    return toWeb(await this.answer(fromWeb(request)))
  }

  async answer(request: HttpRequest): Promise<HttpResponse> {
    const types = servedTypes(this.#context.gates)
    try {
      const response = await this.#dispatch(await readRequest(request, this.#yaml, types), undefined, request.repeated)
      return await writeResponse(
        response,
        this.#encoded,
        request.headers.accept,
        this.#yaml,
        wantsPretty(request),
        types,
      )
    } catch (error) {
      return writeResponse(refusal(error), this.#encoded)
    }
  }

  async bootstrap(): Promise<void> {
    const transport = this.transportAs(itself)
    const { ranges } = this.#services.addresses
    await bootstrap(transport, ranges[0]?.first ?? '')
    await bootstrapServiceCIDR(transport, ranges, this.#context.clock)
    const { storage, random, gates, clock } = this.#context
    const now = formatTime(instantOfMillis(clock.now()))
    await writeOwnObjects(this.#context, random.fork('own-objects'))
    await writeBootstrapPolicy({ storage, random: random.fork('bootstrap-policy'), gates, now })
  }

  close(): void {
    for (const end of [...this.#watches]) end()
    void this.#services.close()
    this.#authorization.close()
    this.#context.customResources.close()
    this.#stopCompaction()
    this.#flowControl.close()
    this.#ownControllers.close()
  }

  /** Answers one request. While it is at work virtual time stands still; watches do not count. */
  async #dispatch(request: ApiRequest, user?: User, repeated?: HttpRequest['repeated']): Promise<ApiResponse> {
    const release = this.#context.clock.hold()
    const warnings: string[] = []
    try {
      const info = requestInfo(request)
      checkTimeout(request, info)
      const asker = user ?? (await this.#whoAsks(request, warnings))
      const known = asker && (await this.#impersonation.actingUser(asker, request, info, repeated))
      if (user !== undefined) return await this.#answer(request, info, known)
      const place = known && (await this.#flowControl.admit({ user: known, info, method: request.method }))
      const answer = () => inTurn(place, () => this.#answer(request, info, known))
      return withWarnings(await counted(this.#requests, this.#context, request, info, answer), warnings)
    } catch (error) {
      return withWarnings(refusal(error), warnings)
    } finally {
      release()
    }
  }

  /** Undefined for those whom nobody knows, whatever they bear. */
  async #whoAsks(request: ApiRequest, warnings: string[]): Promise<User | undefined> {
    const { authentication } = this.#context
    const context = { audiences: authentication.audiences, warn: (text: string) => void warnings.push(text) }
    try {
      return (await authentication.authenticate(request, context))?.user
    } catch (error) {
      if (error instanceof AuthenticationError) return undefined
      throw error
    }
  }

  async #answer(request: ApiRequest, info: RequestInfo, user: User | undefined): Promise<ApiResponse> {
    if (user === undefined) throw newUnauthorized('Unauthorized')
    await this.#context.customResources.ready()
    const attributes = attributesOf(user, request, info)
    const { decision, reason } = await this.#context.authorizer.authorize(attributes)
    if (decision !== 'allow') throw accessRefusal(attributes, reason)
    if (!info.isResource) return servePage(this.#pages, request)
    return answerResource(this.#context, info, info.verb === 'watch' ? this.#endable(request) : request, user)
  }

  #runDefinitionControllers(customResources: CustomResources): void {
    new DefinitionControllers({
      customResources,
      clock: this.#context.clock,
      request: (request) => this.#dispatch(request, itself),
      deleteObjects: (crd) => deleteCustomObjects(newRequestContext(this.#context, itself), customResources, crd),
    })
  }

  /** The same request with a signal that ends when the client goes away or the server closes. */
  #endable(request: ApiRequest): ApiRequest {
    const listeners = new Set<() => void>()
    let aborted = request.signal?.aborted ?? false
    const end = () => {
      aborted = true
      this.#watches.delete(end)
      request.signal?.removeEventListener('abort', end)
      for (const listener of [...listeners]) listener()
    }
    const signal: CancelSignal = {
      get aborted() {
        return aborted
      },
      addEventListener: (_type, listener) => void listeners.add(listener),
      removeEventListener: (_type, listener) => {
        listeners.delete(listener)
        if (listeners.size === 0) this.#watches.delete(end)
      },
    }
    this.#watches.add(end)
    request.signal?.addEventListener('abort', end, { once: true })
    return { ...request, signal }
  }
}

type StrategyLookup = (group: string, kind: string) => Strategy | undefined

function strategyTable(catalog: Catalog, lookUp: StrategyLookup): (info: ResourceInfo) => Strategy {
  const known = new Map<string, Strategy>()
  return (info) => {
    const { group } = catalog.stored(info)
    const key = `${group}/${info.kind}`
    const found = known.get(key) ?? lookUp(group, info.kind) ?? builtInStrategyFor(group, info.kind)
    if (found === undefined) throw new Error(`there are no rules for ${info.kind} of the group "${group}"`)
    known.set(key, found)
    return found
  }
}
