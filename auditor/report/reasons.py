"""Why a call was not audited, for readers of reports: its name, and what to do about it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from auditor.domain.runs import CallRecord


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason of a skip or failure.

    Args:
        zh: Its name in Chinese.
        en: Its name in English.
        advice: What it means and what to do, one sentence in Chinese; the English one is the
            message that comes with the call.
    """

    zh: str
    en: str
    advice: str


_MANIFEST = {
    "agent_id_missing": Reason(
        "缺少坐席工号", "Agent id missing", "清单该行没有填写坐席工号，请补填。"
    ),
    "ambiguous_time": Reason(
        "通话时间有歧义", "Ambiguous time", "通话时间落在时钟调整期间，请注明时区偏移。"
    ),
    "bad_agent_id": Reason(
        "坐席工号不可用", "Unusable agent id", "坐席工号过长或含有斜杠、控制字符，请更正。"
    ),
    "bad_call_id": Reason(
        "通话编号不可用", "Unusable call id", "通话编号过长或含有斜杠、控制字符，请更正。"
    ),
    "bad_value": Reason(
        "有无法识别的值", "Unreadable value", "有一项内容不符合该项要求的格式，请更正。"
    ),
    "call_id_missing": Reason(
        "缺少通话编号", "Call id missing", "清单该行没有填写通话编号，请补填。"
    ),
    "cell_too_long": Reason(
        "清单单元格过长", "Manifest cell too long", "清单该行有单元格内容过长，请检查引号是否配对。"
    ),
    "conflicting_duplicate": Reason(
        "通话编号重复且内容不同",
        "One call id, several calls",
        "同一通话编号对应多个不同的文件，请为每通电话使用不同的编号。",
    ),
    "duplicate_row": Reason(
        "清单行重复", "Repeated manifest row", "清单该行与前面某行重复，前面一行已经处理。"
    ),
    "future_time": Reason(
        "通话时间在将来", "Time in the future", "通话时间晚于现在，请核对日期和时区。"
    ),
    "naive_time": Reason(
        "通话时间缺少时区", "Time without offset", "通话时间没有时区，请补上偏移或指定时区。"
    ),
    "no_manifest_row": Reason(
        "录音不在清单中", "No manifest row", "清单中没有这份录音，无法知道是谁的通话，请补登。"
    ),
    "no_recording": Reason(
        "未接通，无录音",
        "Unanswered, no recording",
        "电话没有接通，本来就没有录音；只核对拨打的时间和次数。",
    ),
    "path_missing": Reason(
        "清单未给出录音路径", "No path in the manifest", "清单该行没有填写录音路径，请补填。"
    ),
    "path_outside_root": Reason(
        "路径超出录音目录", "Path leaves the folder", "录音路径指向录音目录之外，不予读取，请更正。"
    ),
    "ragged_row": Reason(
        "清单行列数不符", "Row with wrong cell count", "清单该行的列数与表头不一致，请检查分隔符。"
    ),
}

_RECORDING = {
    "bad_channels": Reason(
        "声道数异常", "Implausible channel count", "录音声称的声道数不是一或二，请重新导出。"
    ),
    "bad_rate": Reason(
        "采样率异常", "Implausible sample rate", "录音声称的采样率不合理，请重新导出。"
    ),
    "empty_file": Reason("空文件", "Empty file", "录音文件为零字节，请重新复制。"),
    "hash_mismatch": Reason(
        "文件校验值与清单不符",
        "File differs from its hash",
        "录音与清单登记的校验值不一致，或在读取时被改动，请核实来源。",
    ),
    "missing": Reason("文件不存在", "File missing", "找不到该文件，请核对路径或补传。"),
    "no_samples": Reason(
        "文件中没有声音数据", "No sound in the file", "文件只有文件头，没有声音数据，请重新导出。"
    ),
    "no_speech": Reason(
        "录音中无人说话", "Nobody speaks", "整份录音没有检测到人声，没有可质检的内容。"
    ),
    "not_a_regular_file": Reason(
        "不是普通文件", "Not a regular file", "该路径是文件夹、链接或设备，只读取普通文件。"
    ),
    "rate_missing": Reason(
        "未注明采样率", "Raw file without sample rate", "该格式没有文件头，请在清单中填写采样率。"
    ),
    "too_long": Reason(
        "录音超过时长上限", "Recording too long", "录音的时长或大小超过上限，请拆分或调高上限。"
    ),
    "undecodable": Reason(
        "无法解码", "Cannot be decoded", "文件内容不是有效的录音或已损坏，请重新导出。"
    ),
    "unreadable": Reason("无法读取", "Cannot be read", "文件读取失败，请检查权限和存储介质。"),
    "unreadable_folder": Reason(
        "文件夹无法读取",
        "Folder cannot be read",
        "文件夹读取失败，其中的通话都没有审计，请检查权限和存储介质后重跑。",
    ),
    "unsupported_format": Reason(
        "不支持的格式", "Unsupported format", "不是支持的录音格式，请转换后重试。"
    ),
}

_TRANSCRIPT = {
    "bad_encoding": Reason("文字稿编码错误", "Not UTF-8", "文字稿不是 UTF-8 编码，请重新保存。"),
    "bad_json": Reason("文字稿格式错误", "Broken JSON", "文字稿不是有效的 JSON，请重新生成。"),
    "end_before_start": Reason(
        "话语时间颠倒", "Ends before it starts", "文字稿中有话语的结束时间早于开始时间。"
    ),
    "missing_key": Reason("文字稿缺少必填项", "Key missing", "文字稿缺少必填项，请重新生成。"),
    "not_an_object": Reason(
        "文字稿结构错误", "Not one object", "文字稿的最外层必须是一个 JSON 对象。"
    ),
    "oversized": Reason(
        "文字稿内容过长", "Text or list too long", "文字稿中有一项文字或列表超过长度上限。"
    ),
    "too_deep": Reason("文字稿嵌套过深", "Nested too deep", "文字稿的 JSON 嵌套层数过多。"),
    "too_large": Reason("文字稿文件过大", "File too large", "文字稿文件超过大小上限。"),
    "unknown_speaker": Reason(
        "说话人无法识别", "Unknown speaker", "文字稿中说话人只能是坐席、客户或不明。"
    ),
    "wrong_type": Reason("文字稿数据类型错误", "Wrong type", "文字稿中有一项的数据类型不对。"),
}

_STORE = {
    "transcript_not_kept": Reason(
        "转写文本已不在存档中",
        "Transcript not kept",
        "存档中没有该通电话的转写文本，请指明存档所在的文件夹，或重新识别录音。",
    ),
}

_PROGRAM = {
    "demo_model_needs_synthetic": Reason(
        "演示识别模型只处理合成语音",
        "Demo model hears synthetic calls only",
        "演示识别模型不能用于真人录音，请改用正式识别模型。",
    ),
    "internal_error": Reason(
        "程序内部错误", "Fault inside the program", "程序处理该通电话时出错，请把日志交给维护人员。"
    ),
    "no_recogniser": Reason(
        "未指定识别模型", "No recogniser chosen", "没有指定识别模型，录音无法转写。"
    ),
    "not_asked_for": Reason(
        "本次不处理此类文件",
        "Not of the kind asked for",
        "所用命令不处理这类文件，请改用完整质检命令。",
    ),
    "out_of_memory": Reason(
        "内存不足",
        "Out of memory",
        "处理该通电话时内存不足，请减少同时处理的通数，或放宽每个进程的内存上限。",
    ),
    "recogniser_failed": Reason(
        "识别失败", "Recogniser failed", "识别模型处理该录音时出错，请把日志交给维护人员。"
    ),
    "timed_out": Reason(
        "处理超时",
        "Took too long",
        "处理该通电话超过时限，已两次放弃；录音正常时请放宽每通电话的时限。",
    ),
    "worker_died": Reason(
        "处理进程意外退出",
        "Worker process died",
        "处理该通电话的进程两次意外退出，请检查该录音。",
    ),
}

REASONS: Mapping[str, Reason] = MappingProxyType(
    {**_MANIFEST, **_RECORDING, **_TRANSCRIPT, **_STORE, **_PROGRAM}
)
"""Machine-readable reason -> what people read."""


_ROWS = re.compile(r"\brows (\d+(?:(?:, | and )\d+\b(?! more))+)")


def advice_on(record: CallRecord) -> str | None:
    """Return in Chinese which file or row it is and what to do; ``None`` for an unknown reason."""
    reason = REASONS.get(record.reason or "")
    if reason is None:
        return None
    place = _place(record)
    return f"{place}：{reason.advice}" if place else reason.advice


def _place(record: CallRecord) -> str:
    """Name the file or the row; all of them where several share an id."""
    row = "" if record.row is None else f"清单第 {record.row} 行"
    if record.reason == "conflicting_duplicate":
        rows = _ROWS.search(record.message)
        if rows is not None:
            return f"清单第 {'、'.join(re.findall(r'[0-9]+', rows.group(1)))} 行"
        files, found, _ = record.message.partition(": ")
        if found:
            return files.replace(", ", "、").replace(" (row ", "（清单行 ").replace(")", "）")
    return record.recording or row
