import { isConflict, type KubeObject, type Stored } from '@kube-bonsai/apimachinery'
import type { ResourceClient } from '@kube-bonsai/client'

/** Writes a status; a conflict is tried once more on the object as the server has it, unless that is another one. */
export async function updateStatus<T extends KubeObject, S>(
  resource: ResourceClient<T>,
  object: Stored<T>,
  status: S,
): Promise<Stored<T>> {
  const write = (on: Stored<T>): Promise<Stored<T>> => resource.updateStatus({ ...on, status } as unknown as T)
  try {
    return await write(object)
  } catch (error) {
    if (!isConflict(error)) throw error
    const current = await resource.get(object.metadata.name)
    if (current.metadata.uid !== object.metadata.uid) throw error
    return write(current)
  }
}
