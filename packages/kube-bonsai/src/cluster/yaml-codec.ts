import type { YamlCodec } from '@kube-bonsai/apiserver'

/** YAML for the server's bodies; its library loads with the first of them. */
export const yamlCodec: YamlCodec = {
  async parse(text) {
    const { parseDocument } = await import('@kube-bonsai/kyaml')
    return parseDocument(text)
  },
  async encode(value) {
    const { encodeYaml } = await import('@kube-bonsai/kyaml')
    return encodeYaml(value)
  },
}
