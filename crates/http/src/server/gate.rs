//! The stream between a socket and hyper: it keeps the time and lets only unambiguous bytes in.
//!
//! hyper's own header time-out allocates a timer for each request and covers neither bodies nor
//! answers. Here one timer per connection serves for all, and is set anew only when it fires or
//! when an earlier deadline comes up.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

use super::bare::{self, StandIn};
use super::framing::Framing;
use super::limits::Limits;

/// How long, and for how many bytes, a connection that is closed before its request was read is
/// drained, so that the answer is not lost to a reset.
const LINGER: Duration = Duration::from_secs(1);
const LINGER_BYTES: usize = 1024 * 1024;

/// A socket under the limits.
#[derive(Debug)]
pub(super) struct Gate<S> {
    stream: S,
    limits: Arc<Limits>,
    closing: Arc<AtomicBool>,
    framing: Framing,
    timer: Pin<Box<Sleep>>,
    read_deadline: Option<Instant>,
    body_deadline: Option<Instant>,
    write_deadline: Option<Instant>,
    linger: Option<(Instant, usize)>,
    stand_in: Option<StandIn>,
}

impl<S> Gate<S> {
    /// Takes over a fresh connection. Once `closing` is set, waiting for a next request ends.
    pub(super) fn new(stream: S, limits: Arc<Limits>, closing: Arc<AtomicBool>) -> Self {
        let timer = Box::pin(sleep_until(Instant::now() + limits.idle_time));
        Self {
            stream,
            limits,
            closing,
            framing: Framing::new(),
            timer,
            read_deadline: None,
            body_deadline: None,
            write_deadline: None,
            linger: None,
            stand_in: None,
        }
    }

    fn poll_deadline(&mut self, cx: &mut Context<'_>, deadline: Instant) -> Poll<()> {
        if self.timer.deadline() > deadline {
            self.timer.as_mut().reset(deadline);
        }
        while self.timer.as_mut().poll(cx).is_ready() {
            if Instant::now() >= deadline {
                return Poll::Ready(());
            }
            self.timer.as_mut().reset(deadline);
        }
        Poll::Pending
    }

    /// Nothing to read: closed at a boundary that need not be crossed any more, or time running.
    fn poll_silence(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let idle = self.framing.at_boundary();
        if idle && self.closing.load(Ordering::Acquire) {
            return Poll::Ready(Ok(()));
        }
        let deadline = self.read_deadline.unwrap_or_else(|| {
            let now = Instant::now();
            if self.framing.in_body() {
                let silence = now + self.limits.body_silence;
                self.body_deadline
                    .map_or(silence, |whole| whole.min(silence))
            } else if idle {
                now + self.limits.idle_time
            } else {
                now + self.limits.header_time
            }
        });
        self.read_deadline = Some(deadline);
        ready!(self.poll_deadline(cx, deadline));
        if idle {
            Poll::Ready(Ok(()))
        } else {
            Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
        }
    }

    /// Scans what was read into `buf` after its first `old` bytes.
    fn admit(&mut self, buf: &mut ReadBuf<'_>, old: usize) {
        let was_idle = self.framing.at_boundary();
        let heads = self.framing.heads();
        if let Err(cut) = self.framing.scan(&buf.filled()[old..]) {
            // No head or chunk line may hold a NUL, so hyper answers 400 and closes; in a trailer,
            // which it collects first, it is the end of the stream after it that is the error.
            buf.filled_mut()[old + cut] = 0;
            buf.set_filled(old + cut + 1);
        }
        let head_ended = heads != self.framing.heads();
        let was_in_body = self.body_deadline.is_some();
        if self.framing.in_body() {
            self.read_deadline = None;
            if head_ended {
                self.body_deadline = Some(Instant::now() + self.limits.body_time);
            }
        } else if head_ended || was_idle || was_in_body {
            self.read_deadline = None;
            self.body_deadline = None;
        }
    }

    fn poll_stall<T>(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<T>> {
        let stall = self.limits.write_stall;
        let deadline = *self
            .write_deadline
            .get_or_insert_with(|| Instant::now() + stall);
        ready!(self.poll_deadline(cx, deadline));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }

    fn wrote<T>(&mut self, cx: &mut Context<'_>, done: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if done.is_pending() {
            return self.poll_stall(cx);
        }
        self.write_deadline = None;
        done
    }
}

impl<S: AsyncRead + Unpin> Gate<S> {
    fn poll_linger(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let (deadline, mut left) = self
            .linger
            .unwrap_or_else(|| (Instant::now() + LINGER, LINGER_BYTES));
        let mut scratch = [0; 4096];
        loop {
            let mut buf = ReadBuf::new(&mut scratch);
            match Pin::new(&mut self.stream).poll_read(cx, &mut buf) {
                Poll::Ready(Ok(())) if !buf.filled().is_empty() && left > 0 => {
                    left = left.saturating_sub(buf.filled().len());
                }
                Poll::Ready(_) => return Poll::Ready(()),
                Poll::Pending => {
                    self.linger = Some((deadline, left));
                    return self.poll_deadline(cx, deadline);
                }
            }
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Gate<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.framing.refused() {
            return Poll::Ready(Ok(()));
        }
        let old = buf.filled().len();
        match Pin::new(&mut self.stream).poll_read(cx, buf) {
            Poll::Ready(Ok(())) => {
                self.admit(buf, old);
                Poll::Ready(Ok(()))
            }
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Pending => self.poll_silence(cx),
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Gate<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.poll_write_vectored(cx, &[io::IoSlice::new(buf)])
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        if self.stand_in.is_none() {
            self.stand_in = bare::stand_in(bufs);
        }
        let Some(StandIn { mut rest, replaces }) = self.stand_in.take() else {
            let done = Pin::new(&mut self.stream).poll_write_vectored(cx, bufs);
            return self.wrote(cx, done);
        };
        while !rest.is_empty() {
            let done = Pin::new(&mut self.stream).poll_write(cx, rest);
            match self.wrote(cx, done) {
                Poll::Ready(Ok(count)) if count > 0 => rest = &rest[count..],
                Poll::Pending => {
                    self.stand_in = Some(StandIn { rest, replaces });
                    return Poll::Pending;
                }
                done @ Poll::Ready(_) => return done,
            }
        }
        Poll::Ready(Ok(replaces))
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let done = Pin::new(&mut self.stream).poll_flush(cx);
        if done.is_pending() {
            self.poll_stall(cx)
        } else {
            done
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.linger.is_none() {
            ready!(Pin::new(&mut self.stream).poll_shutdown(cx))?;
        }
        if !self.framing.at_boundary() {
            ready!(self.poll_linger(cx));
        }
        Poll::Ready(Ok(()))
    }
}
