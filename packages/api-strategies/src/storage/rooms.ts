import type { Room } from '../room.ts'
import { csiDriverRoom } from './csi-driver.ts'
import { csiNodeRoom } from './csi-node.ts'
import { csiStorageCapacityRoom } from './csi-storage-capacity.ts'
import { storageClassRoom } from './storage-class.ts'
import { volumeAttachmentRoom } from './volume-attachment.ts'
import { volumeAttributesClassRoom } from './volume-attributes-class.ts'

/** @see pkg/registry/storage */
export const storageRooms: readonly Room[] = [
  storageClassRoom,
  csiDriverRoom,
  csiNodeRoom,
  csiStorageCapacityRoom,
  volumeAttachmentRoom,
  volumeAttributesClassRoom,
]
