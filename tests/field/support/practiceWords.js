// What boot/practice.ts does before the app is loaded: imported before everything that has words.

import { pageState } from "../../../static/field/core/pageState.ts";
import { WORDS } from "../../../static/field/practice/words.ts";

Object.assign(pageState("words", {}), WORDS);
