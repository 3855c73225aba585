import { applyMergePatch } from '@kube-bonsai/patch'
import { defaultConfiguration, type KubeletConfiguration, record } from './configuration.ts'
import { type ConfigWarning, KubeletConfigError } from './errors.ts'
import { readConfigFile } from './read-file.ts'
import { validateConfiguration } from './validate.ts'

/** Where a kubelet's configuration comes from. */
export interface ConfigurationSources {
  /** The files of the node by absolute path. */
  readonly files: ReadonlyMap<string, string>
  /** `--config`. */
  readonly config?: string
  /** `--config-dir`. */
  readonly configDir?: string
  /** What command-line flags say, by the fields that they stand for. */
  readonly flags?: KubeletConfiguration
  /** Of the node; 2 by default. */
  readonly cgroupVersion?: 1 | 2
}

/** A configuration to start with, and what was ignored on the way. */
export interface LoadedConfiguration {
  readonly configuration: KubeletConfiguration
  readonly warnings: readonly ConfigWarning[]
}

const wanted = 'kubelet.config.k8s.io/v1beta1, Kind=KubeletConfiguration'

/**
 * Puts a kubelet's configuration together: defaults, the main file, drop-in files in the order of their paths, flags.
 * Throws KubeletConfigError in the kubelet's words where it would not start.
 * @see https://github.com/kubernetes/enhancements/tree/master/keps/sig-node/3983-drop-in-configuration
 */
export function loadConfiguration(sources: ConfigurationSources): LoadedConfiguration {
  const { files, config, configDir, flags = {}, cgroupVersion = 2 } = sources
  const warnings: ConfigWarning[] = []
  let merged = defaultConfiguration()
  if (config !== undefined && config !== '') {
    const main = within(`failed to load kubelet config file, path: ${config}, error: `, () => readMain(config, files))
    warnings.push(...main.warnings)
    merged = defaultConfiguration(main.value)
  }
  if (configDir !== undefined && configDir !== '') {
    const dropIns = within('failed to merge kubelet configs: ', () => readDirectory(configDir, files))
    for (const { value } of dropIns) merged = record(applyMergePatch(merged, value))
    warnings.push(...dropIns.flatMap((dropIn) => dropIn.warnings))
    merged = defaultConfiguration(merged)
  }
  const { apiVersion: _version, kind: _kind, ...configuration } = record(applyMergePatch(merged, flags))
  validateConfiguration(configuration, cgroupVersion)
  return { configuration, warnings }
}

/** Says where in the start-up an error came up. */
function within<Result>(prefix: string, read: () => Result): Result {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof KubeletConfigError)) throw error
    const { file, line, field } = error
    const place = { ...(file && { file }), ...(line !== undefined && { line }), ...(field && { field }) }
    throw new KubeletConfigError(`${prefix}${error.message}`, place)
  }
}

function readMain(file: string, files: ReadonlyMap<string, string>) {
  const text = files.get(file)
  if (text === undefined) {
    const cause = `open ${file}: no such file or directory`
    throw new KubeletConfigError(`failed to read kubelet config file "${file}", error: ${cause}`, { file })
  }
  return within('failed to decode: ', () => {
    const read = readConfigFile(file, text)
    if (read.kind !== wanted) throw new KubeletConfigError(`unknown apiVersion/kind: ${read.kind}`, { file })
    return read
  })
}

function readDirectory(directory: string, files: ReadonlyMap<string, string>) {
  const root = directory.endsWith('/') ? directory : `${directory}/`
  return within(`failed to walk through kubelet dropin directory "${directory}": `, () => {
    const inside = [...files.keys()].filter((path) => path.startsWith(root))
    if (inside.length === 0) throw new KubeletConfigError(`lstat ${directory}: no such file or directory`)
    const paths = inside.filter((path) => path.endsWith('.conf')).sort(byComponents)
    return paths.map((path) => {
      const failed = `failed to load kubelet dropin file, path: ${path}, `
      const read = within(`${failed}error: `, () => readConfigFile(path, files.get(path) ?? ''))
      if (read.kind === wanted) return read
      throw new KubeletConfigError(`${failed}unknown apiVersion/kind: ${read.kind}`, { file: path })
    })
  })
}

/** As a walk meets them: the entries of each directory by name. */
function byComponents(left: string, right: string): number {
  const [ours, theirs] = [left.split('/'), right.split('/')]
  for (const [index, name] of ours.entries()) {
    const other = theirs[index]
    if (other === undefined || name > other) return 1
    if (name < other) return -1
  }
  return -1
}
