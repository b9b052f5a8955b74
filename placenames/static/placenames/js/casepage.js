// @ts-check
/** The map on the page of a naming case. */

import { corners, look, middle, showOthers, showOwn, told } from "./casemap.js";

const places = corners(told.location);
showOwn(places, told.name, told.location?.type?.includes("Polygon") ? "area" : "");
showOthers(told.collisions, middle(places));
look();
