import { View } from "react-native";

import type { SliderProps } from "./Slider";
import { Track } from "./Slider.parts";

const STEPS: Record<string, number> = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 };

/** A slider for mouse, touch and keys: arrows step, Home and End jump. */
export function Slider(props: SliderProps) {
  const { label, value, max, step, valueText, onChange } = props;
  const keys = (event: { key: string; preventDefault: () => void; stopPropagation: () => void }) => {
    const direction = (STEPS[event.key] ?? 0) * (isRtl() && event.key.match(/Left|Right/) ? -1 : 1);
    const to =
      event.key === "Home" ? 0 : event.key === "End" ? max : direction ? value + direction * step : null;
    if (to === null) return;
    event.preventDefault();
    event.stopPropagation();
    onChange(Math.min(max, Math.max(0, to)));
  };
  const focusable = { tabIndex: 0, onKeyDown: keys } as object;
  const values = { "aria-valuemin": 0, "aria-valuemax": Math.round(max), "aria-valuenow": Math.round(value) };
  return (
    <View
      {...focusable}
      {...values}
      role="slider"
      aria-label={label}
      aria-valuetext={valueText(value)}
      testID={props.testID}
    >
      <Track {...props} rtl={isRtl()} />
    </View>
  );
}

function isRtl(): boolean {
  return document.documentElement.dir === "rtl";
}
