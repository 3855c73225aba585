import type { YamlCodec } from '@kube-bonsai/apiserver'

/** YAML for the server's bodies; its library loads with the first of them. */
export const yamlCodec: YamlCodec = {
  async parse(text, repeated) {
    const { readDocuments } = await import('@kube-bonsai/kyaml')
    const [document] = readDocuments(text, { strict: true })
    for (const { code, goMessage } of document?.errors ?? []) {
      if (code !== 'duplicate-key') throw new Error(`yaml: ${goMessage}`)
      repeated?.(goMessage)
    }
    return document?.empty === false ? document.value : undefined
  },
  async encode(value) {
    const { encodeYaml } = await import('@kube-bonsai/kyaml')
    return encodeYaml(value)
  },
}
