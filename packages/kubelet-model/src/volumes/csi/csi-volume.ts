import type { Pod } from '@kube-bonsai/api-types/core/v1'
import type { CSIDriver } from '@kube-bonsai/api-types/storage/v1'
import type { Clock } from '@kube-bonsai/clock'
import { ContainerFiles } from '../../files/container-files.ts'
import type { DirectoryEntry } from '../../files/file-tree.ts'
import type { KubeletApi } from '../../node/kubelet-api.ts'
import { MountError } from '../mount-error.ts'
import type { MountedVolume, VolumeRequest } from '../mounted-volume.ts'
import { decoded } from '../payload/payload.ts'
import { type CsiDrivers, type CsiNodeDriver, rpcText } from './csi-driver.ts'
import { type CsiSource, hexOf, type SecretReference } from './csi-source.ts'
import type { CsiStaging } from './csi-staging.ts'
import { CsiTokens } from './csi-tokens.ts'
import { applyGroup, takesGroup } from './group.ts'

/** What CSI volumes are mounted with. */
export interface CsiSources {
  readonly api: KubeletApi
  readonly clock: Clock
  readonly nodeName: string
  readonly drivers: CsiDrivers
  readonly staging: CsiStaging
}

type Strings = Readonly<Record<string, string>>

/**
 * A volume of a CSI driver: published when it is set up, and again from time to time where its driver asks for that.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/volume/csi/csi_mounter.go
 */
export class CsiVolume implements MountedVolume {
  readonly readOnly: boolean
  readonly root: () => DirectoryEntry
  readonly #source: CsiSource
  readonly #request: VolumeRequest
  readonly #sources: CsiSources
  readonly #tokens: CsiTokens
  #unwatch: (() => void) | undefined
  #isStaged = false
  #isOver = false

  constructor(source: CsiSource, root: () => DirectoryEntry, request: VolumeRequest, sources: CsiSources) {
    this.#source = source
    this.#request = request
    this.#sources = sources
    this.root = root
    this.readOnly = source.readOnly || source.isReadOnlyDisk === true
    this.#tokens = new CsiTokens(request.pod, sources)
  }

  /** It is mounted. Whether it is to be published again is up to its driver, as that is then. */
  begin(): void {
    const driver = { kind: 'csiDriver', namespace: '', name: this.#source.driver } as const
    this.#unwatch = this.#sources.api.objects.watch?.(driver, () => this.#again())
    this.#again()
  }

  /** It could not be mounted. */
  abandon(): void {
    this.#tokens.drop()
    if (this.#isStaged) this.#sources.staging.release(this.#key)
  }

  refresh(pod: Pod): void | Promise<void> {
    if (this.#object?.spec.requiresRepublish !== true) return
    this.#again()
    return this.publish(pod)
  }

  /** Asks the driver to mount it. Rejects with a MountError. */
  async publish(pod: Pod): Promise<void> {
    const { name, driver: driverName, mode } = this.#source
    const driver = this.#driver()
    const object = this.#object
    const failed = (why: string) => this.#error(`kubernetes.io/csi: mounter.${why}`)
    const wrongMode = modeProblem(object, driverName, mode)
    if (wrongMode !== undefined) throw failed(`SetupAt failed to check volume lifecycle mode: ${wrongMode}`)
    const policy = object === undefined ? 'ReadWriteOnceWithFSType' : (object.spec.fsGroupPolicy ?? '')
    if (policy === '') {
      const why = 'kubernetes.io/csi: expected valid fsGroupPolicy, received nil value or empty string'
      throw failed(`SetupAt failed to check fsGroup policy: ${why}`)
    }
    const { publishSecret } = this.#source
    const ownSecrets = publishSecret === undefined ? {} : this.#secrets(publishSecret)
    const podInfo = object?.spec.podInfoOnMount === true ? podAttributes(pod, mode) : {}
    let tokens: Strings
    try {
      tokens = await this.#tokens.entry(object)
    } catch (error) {
      const cause = error instanceof Error ? error.message : String(error)
      throw failed(`SetUpAt failed to get service accoount token attributes: ${cause}`)
    }
    const inSecrets = object?.spec.serviceAccountTokenInSecrets === true
    const { fsGroup } = pod.spec?.securityContext ?? {}
    const { handle, fsType, accessModes, mountOptions, attributes, readOnly } = this.#source
    const { nodeName, clock } = this.#sources
    const root = this.root()
    await this.#call(() =>
      driver.publish({
        nodeName,
        volumeId: handle,
        targetPath: targetPath(pod, name),
        stagingTargetPath: driver.stages === true && mode === 'Persistent' ? stagingPath(driverName, handle) : '',
        accessMode: accessModes[0] ?? 'ReadWriteOnce',
        readOnly,
        fsType,
        mountFlags: mountOptions,
        volumeMountGroup: driver.mountsGroups === true && fsGroup !== undefined ? String(fsGroup) : '',
        volumeContext: { ...attributes, ...podInfo, ...(inSecrets ? {} : tokens) },
        secrets: { ...ownSecrets, ...(inSecrets ? tokens : {}) },
        files: new ContainerFiles({ root, mounts: [], now: () => clock.now() }),
      }),
    )
    if (driver.mountsGroups !== true && fsGroup !== undefined && takesGroup(this.#source, policy)) {
      applyGroup(root, fsGroup)
    }
  }

  /** Asks a driver that wants it to prepare the volume on the node. Rejects with a MountError. */
  async stage(): Promise<void> {
    const { driver: driverName, handle, attributes, fsType, accessModes, stageSecret } = this.#source
    const { nodeName, drivers } = this.#sources
    const driver = drivers.get(driverName)
    if (driver === undefined) {
      const why = `failed to create newCsiDriverClient: ${notRegistered(driverName)}`
      throw this.#error(`kubernetes.io/csi: attacher.MountDevice ${why}`, 'MountVolume.MountDevice')
    }
    if (driver.stages !== true) return
    const stage = () =>
      driver.stage?.({
        nodeName,
        volumeId: handle,
        stagingTargetPath: stagingPath(driverName, handle),
        accessMode: accessModes[0] ?? 'ReadWriteOnce',
        fsType,
        volumeContext: attributes,
        secrets: stageSecret === undefined ? {} : this.#secrets(stageSecret),
      })
    await this.#sources.staging.hold(this.#key, () => this.#call(stage, 'MountVolume.MountDevice'))
    this.#isStaged = true
  }

  tearDown(): void {
    this.#isOver = true
    this.#unwatch?.()
    this.#tokens.drop()
    const { name, driver: driverName, handle } = this.#source
    const { nodeName, drivers, staging } = this.#sources
    const driver = drivers.get(driverName)
    const request = { nodeName, volumeId: handle, targetPath: targetPath(this.#request.pod, name) }
    const isLast = this.#isStaged && staging.release(this.#key)
    const staged = { nodeName, volumeId: handle, stagingTargetPath: stagingPath(driverName, handle) }
    // The pod has ended: there is nobody left to tell of a failure.
    void Promise.resolve()
      .then(() => driver?.unpublish?.(request))
      .then(() => (isLast ? driver?.unstage?.(staged) : undefined))
      .catch(() => {})
  }

  get #key(): string {
    return `${this.#source.driver} ${this.#source.handle}`
  }

  #again(): void {
    if (!this.#isOver && this.#object?.spec.requiresRepublish === true) this.#request.outdated({ background: true })
  }

  get #object(): CSIDriver | undefined {
    return this.#sources.api.objects.csiDriver?.(this.#source.driver)
  }

  #driver(): CsiNodeDriver {
    const { driver } = this.#source
    const found = this.#sources.drivers.get(driver)
    if (found !== undefined) return found
    throw this.#error(`kubernetes.io/csi: mounter.SetUpAt failed to get CSI client: ${notRegistered(driver)}`)
  }

  #secrets({ namespace, name }: SecretReference): Strings {
    const secret = this.#sources.api.objects.secret(namespace, name)
    if (secret === undefined) {
      const why = `failed to find the secret ${name} in the namespace ${namespace} with error: secrets "${name}" not found`
      throw this.#error(`fetching NodePublishSecretRef ${namespace}/${name} failed: kubernetes.io/csi: ${why}`)
    }
    const text = new TextDecoder()
    return Object.fromEntries(Object.entries(secret.data ?? {}).map(([key, data]) => [key, text.decode(decoded(data))]))
  }

  async #call(call: () => void | Promise<void>, operation?: 'MountVolume.MountDevice'): Promise<void> {
    try {
      await call()
    } catch (error) {
      throw error instanceof MountError ? error : this.#error(rpcText(error), operation)
    }
  }

  #error(message: string, operation?: 'MountVolume.MountDevice'): MountError {
    return new MountError(message, 'setUp', { volume: this.#source.name, ...(operation && { operation }) })
  }
}

const notRegistered = (driver: string): string =>
  driver === '' ? 'driver name is empty' : `driver name ${driver} not found in the list of registered CSI drivers`

function modeProblem(object: CSIDriver | undefined, driver: string, mode: CsiSource['mode']): string | undefined {
  const refused = `volume mode "${mode}" not supported by driver ${driver}`
  if (object === undefined) return mode === 'Persistent' ? undefined : `${refused} (no CSIDriver object)`
  const modes = object.spec.volumeLifecycleModes ?? []
  if (modes.includes(mode)) return undefined
  return `${refused} (only supports [${modes.map((each) => JSON.stringify(each)).join(' ')}])`
}

function podAttributes({ metadata, spec }: Pod, mode: CsiSource['mode']): Strings {
  return {
    'csi.storage.k8s.io/pod.name': metadata.name ?? '',
    'csi.storage.k8s.io/pod.namespace': metadata.namespace ?? '',
    'csi.storage.k8s.io/pod.uid': metadata.uid ?? '',
    'csi.storage.k8s.io/serviceAccount.name': spec?.serviceAccountName ?? '',
    'csi.storage.k8s.io/ephemeral': String(mode === 'Ephemeral'),
  }
}

const targetPath = ({ metadata }: Pod, name: string): string =>
  `/var/lib/kubelet/pods/${metadata.uid}/volumes/kubernetes.io~csi/${name.replaceAll('/', '~')}/mount`

/** The directory is named by a digest of the handle. */
const stagingPath = (driver: string, handle: string): string =>
  `/var/lib/kubelet/plugins/kubernetes.io/csi/${driver}/${hexOf(handle)}/globalmount`
