import { I18nManager, View } from "react-native";

import { Track } from "./Slider.parts";

export interface SliderProps {
  label: string;
  value: number;
  max: number;
  step: number;
  /** What is spoken, and shown while dragging. */
  valueText: (value: number) => string;
  onChange: (value: number) => void;
  testID?: string;
}

/** A slider for touch and screen readers. */
export function Slider(props: SliderProps) {
  const { label, value, max, step, valueText, onChange } = props;
  const act = (name: string) =>
    onChange(Math.min(max, Math.max(0, value + (name === "increment" ? step : -step))));
  return (
    <View
      accessible
      role="slider"
      aria-label={label}
      accessibilityValue={{ min: 0, max: Math.round(max), now: Math.round(value), text: valueText(value) }}
      accessibilityActions={[{ name: "increment" }, { name: "decrement" }]}
      onAccessibilityAction={({ nativeEvent }) => act(nativeEvent.actionName)}
      testID={props.testID}
    >
      <Track {...props} rtl={I18nManager.isRTL} />
    </View>
  );
}
