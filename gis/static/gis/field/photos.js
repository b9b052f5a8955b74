// @ts-check
/** Photos made smaller where somebody asks for it. The place and time that the camera wrote go along: the part of the file that
 * holds them is copied as it is.
 */

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
