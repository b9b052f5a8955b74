// @ts-check
/** What the parts of the workbench share. */

/**
 * @typedef {import("./model.js").Draft} Draft
 * @typedef {import("./model.js").Act} Act
 * @typedef {object} Context
 * @property {Draft} draft
 * @property {boolean} readonly
 * @property {import("./units.js").Around | null} start the unit the draft began from
 * @property {string | null} active uid of the act whose form is open
 * @property {import("./stage.js").Stage} stage
 * @property {Map<string, any>} sides what the server said of each drawn line, by uid
 * @property {{act: number | null, message: string, code: string, details: any} | null} refusal of the last preview
 * @property {any} preview the last preview that was not refused
 * @property {(uid: string, change: (act: Act) => void, options?: {shape?: boolean}) => void} edit one step
 * @property {(uid: string, field: string, change: (act: Act) => void) => void} type typing: one step as long as the same field is typed in
 * @property {(uid: string | null) => void} open
 * @property {(message: string) => void} tell
 * @property {() => void} redraw
 * @property {(index: number) => any[]} sentBefore the acts before this one, as the server wants them
 */

export {};
