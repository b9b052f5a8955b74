// @ts-check
/** Photos of a draft: taken in, shown, and made smaller where somebody asks for it. The place and time that the camera wrote go
 * along: the part of the file that holds them is copied as it is.
 */
import { made, newKey, say } from "./config.js";

/** `told`: what is odd about it, in words. @typedef {{ key: string, name: string, blob: Blob, told?: string[] }} Photo */

const LONGEST = 2048;

/** @param {Blob} photo a JPEG @returns {Promise<Blob>} smaller, or the same where that would gain nothing */
export async function smaller(photo) {
  if (photo.type !== "image/jpeg") return photo;
  // Not turned: the copied part still says which side is up.
  const image = await createImageBitmap(photo, { imageOrientation: "none" });
  const scale = Math.min(1, LONGEST / Math.max(image.width, image.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(image.width * scale);
  canvas.height = Math.round(image.height * scale);
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  image.close();
  const made = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.85));
  if (!(made instanceof Blob)) return photo;
  const exif = exifOf(new Uint8Array(await photo.arrayBuffer()));
  const result = exif ? new Blob([made.slice(0, 2), exif, made.slice(2)], { type: "image/jpeg" }) : made;
  return result.size < photo.size ? result : photo;
}

/** The APP1 segment with EXIF, marker and length included. @param {Uint8Array<ArrayBuffer>} bytes */
export function exifOf(bytes) {
  let at = 2;
  while (at + 10 < bytes.length && bytes[at] === 0xff) {
    const length = (bytes[at + 2] << 8) | bytes[at + 3];
    const isExif = bytes[at + 1] === 0xe1 && String.fromCharCode(...bytes.slice(at + 4, at + 8)) === "Exif";
    if (isExif) return bytes.slice(at, at + 2 + length);
    if (bytes[at + 1] === 0xda || length < 2) return null;
    at += 2 + length;
  }
  return null;
}

/** What somebody chose, read at once: a telephone may take the file back. What cannot be taken is said through `fail`.
 * @template {Photo} T
 * @param {HTMLInputElement} input @param {boolean} reduce @param {(words: string) => void} fail
 * @param {(photo: Photo) => T | Promise<T>} finished makes the page's own kind of it
 */
export async function chosen(input, reduce, fail, finished) {
  const files = [...(input.files ?? [])];
  input.value = "";
  /** @type {T[]} */
  const photos = [];
  for (const file of files) {
    if (/\.(heic|heif)$/i.test(file.name) || /heic|heif/.test(file.type)) {
      fail(say("heic", { name: file.name }));
      continue;
    }
    try {
      const read = new Blob([await file.arrayBuffer()], { type: file.type });
      const name = file.name || `${newKey().slice(0, 8)}.jpg`;
      photos.push(await finished({ key: newKey(), name, blob: reduce ? await smaller(read) : read }));
    } catch {
      fail(say("photoUnreadable", { name: file.name }));
    }
  }
  return photos;
}

/** @param {HTMLElement} box @param {Photo[]} photos @param {(index: number) => void} remove */
export function show(box, photos, remove) {
  for (const image of box.querySelectorAll("img")) URL.revokeObjectURL(image.src);
  box.replaceChildren(
    ...photos.map((photo, index) =>
      made(
        "figure", {}, made("img", { src: URL.createObjectURL(photo.blob), alt: photo.name }),
        made("figcaption", {}, `${(photo.blob.size / 1024 / 1024).toFixed(1)} MB`, ...(photo.told ?? []).map((words) => made("p", { class: "field-warn" }, words))),
        made("button", { type: "button", class: "btn btn-plain", "aria-label": say("removePhoto", { name: photo.name }), click: () => remove(index) }, "✕"),
      ),
    ),
  );
}
