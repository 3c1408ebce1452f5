//! What a pile says of files under way, and of its own security.

use super::{Context, Handled};
use crate::transfer::fail;
use model::device::{Answer, Introduction};
use model::time::Timestamp;
use model::transfer::{TransferReport, TransferState};
use model::{Result, Text};
use store::frames::Verdict;
use store::transfers;
use store::{HotPile, Tx};

/// How far it is. A report without a number is of the newest.
pub fn reported(
    context: &Context<'_>,
    tx: &mut Tx<'_>,
    hot: &HotPile,
    report: &TransferReport,
) -> Result<Handled> {
    let handled = Handled::new(Answer::Noted);
    let Some(state) = report.state else { return Ok(handled) };
    let pile = hot.pile.id;
    let known = tx.read(|conn| transfers::newest(conn, pile, report.firmware, report.request))?;
    let Some(mut one) = known else {
        return Ok(handled.judged(Verdict::Applied, "nothing of the kind was begun here"));
    };
    one.step(context.now, &report.word);
    if one.state.is_over() {
        transfers::save(tx, &one)?;
        return Ok(handled.judged(Verdict::Applied, "has ended before"));
    }
    match state {
        TransferState::Failed => {
            let word = &report.word;
            fail(
                &mut one,
                context.now,
                &Text::new(
                    format!("桩报告失败：{}（{word}）", why(word).zh),
                    format!("The pile reports: {} ({word})", why(word).en),
                ),
            );
        }
        // The file itself is what counts; it would be here by now.
        TransferState::Uploaded => fail(
            &mut one,
            context.now,
            &Text::of(
                "桩报告已上传，但平台没有收到文件；请检查桩支持的上传方式（应为 HTTP PUT 或 POST）",
                "The pile says that it has sent the file, but none came. Check how it sends files (HTTP PUT or POST is needed).",
            ),
        ),
        _ => {
            one.state = state;
            one.ended_at = (state == TransferState::Installed).then_some(context.now);
        }
    }
    transfers::save(tx, &one)?;
    Ok(handled)
}

fn why(word: &str) -> Text {
    match word {
        "DownloadFailed" => Text::of("固件下载失败", "the download failed"),
        "InstallationFailed" => Text::of("固件安装失败", "the installation failed"),
        "InstallVerificationFailed" => {
            Text::of("安装后的校验失败", "what was installed did not pass its check")
        }
        "InvalidSignature" => Text::of("固件签名无效", "the signature of the firmware is not valid"),
        "0x93:01" => Text::of("桩编号不符", "the pile's number is another"),
        "0x93:02" => Text::of("程序与桩型号不符", "the firmware does not fit the pile's model"),
        "0x93:03" => Text::of(
            "下载超时；请检查固件服务器的地址、账号、文件是否存在，以及桩能否访问它",
            "the download took too long; check the firmware server, its account, that the file is there, and that the pile can reach it",
        ),
        "UploadFailed" | "UploadFailure" => Text::of("文件上传失败", "the upload failed"),
        "PermissionDenied" => Text::of("上传被拒绝", "the upload was not permitted"),
        "NotSupportedOperation" => {
            Text::of("桩不支持这种上传方式", "the pile does not support this way of sending")
        }
        _ => Text::of("没有完成", "it was not done"),
    }
}

/// A pile that has started anew shows which firmware it has.
pub fn booted(context: &Context<'_>, tx: &mut Tx<'_>, hot: &HotPile, told: &Introduction) -> Result<()> {
    let (Some(version), pile) = (&told.firmware, hot.pile.id) else { return Ok(()) };
    let Some(mut one) = transfers::under_way(tx, pile)? else { return Ok(()) };
    // A 云快充 pile says nothing between the order and the end, has room for eight characters of its version,
    // and may start anew before it has said that it is done.
    let is_ykc = hot.pile.protocol.is_ykc();
    let says = |wanted: &String| is_ykc && wanted.chars().take(8).eq(version.chars());
    let cut = one.version.as_ref().is_some_and(says);
    let begun = cut || one.state != TransferState::Accepted;
    let Some(wanted) = one.version.clone().filter(|_| begun) else { return Ok(()) };
    if wanted == *version || cut {
        one.state = TransferState::Confirmed;
        one.ended_at = Some(context.now);
    } else if one.state == TransferState::Installed {
        fail(
            &mut one,
            context.now,
            &Text::new(
                format!("桩报告安装完成，但重启后的版本是 {version}，不是 {wanted}"),
                format!("The pile said that it was installed, but has started with {version}, not {wanted}."),
            ),
        );
    } else {
        return Ok(());
    }
    one.step(context.now, version);
    transfers::save(tx, &one)
}

pub fn security(
    context: &Context<'_>,
    tx: &mut Tx<'_>,
    hot: &HotPile,
    (kind, at, info): (&str, Timestamp, Option<&str>),
) -> Result<Handled> {
    transfers::security_event_insert(tx, hot.pile.id, kind, info, at, context.now)?;
    Ok(Handled::new(Answer::Noted))
}
