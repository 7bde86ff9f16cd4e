// Condition types we write, as Cilium names them, and our own.

/** On services: are the wanted addresses given? */
export const satisfiedType = 'cilium.io/IPAMRequestSatisfied';
export const conflictType = 'cilium.io/PoolConflict';
export const totalType = 'cilium.io/IPsTotal';
export const availableType = 'cilium.io/IPsAvailable';
export const usedType = 'cilium.io/IPsUsed';
export const poolValidType = 'lanlord.dev/PoolValid';
export const badNodeSelectorType = 'io.cilium/bad-node-selector';
export const badInterfaceRegexType = 'io.cilium/bad-interface-regex';
export const badServiceSelectorType = 'io.cilium/bad-service-selector';
