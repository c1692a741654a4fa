// Does for a session what a stream of the runtime does with sockets.
#include "analysis/simulated_leg.hpp"

#include <fmt/core.h>

#include "fetchers/wire/netscaler_header.hpp"
#include "fetchers/wire/proxy_header.hpp"

namespace shunt::analysis {

using fetchers::wire::ReadState;
using route::Event;
using route::Step;

SimulatedLeg::SimulatedLeg(Stage& stage, std::uint32_t number, Arrival arrival)
    : stage_(stage),
      number_(number),
      listener_(stage.graph.listeners[arrival.listener]),
      feed_(std::move(arrival.feed)),
      late_(arrival.late),
      session_(
          stage.facilities, arrival.listener, arrival.source, arrival.destination,
          stage.scenario.date + std::chrono::duration_cast<std::chrono::system_clock::duration>(stage.now)) {}

SimulatedLeg::Outcome SimulatedLeg::run(Visit& visit) {
  note(MomentKind::accepted);
  if (!listener_.accept_proxy && !listener_.netscaler_magic && !listener_.tls) take_due();
  begin_stream(event(Kind::accepted));
  for (;;) {
    switch (step_.kind) {
      case Step::Kind::read_netscaler_header:
      case Step::Kind::read_proxy_header:
        if (!read_header())
          return step_.kind == Step::Kind::close ? Outcome::header_missing : Outcome::waits_for_ever;
        break;
      case Step::Kind::handshake_tls:
        if (!shake_hands(visit))
          return step_.kind == Step::Kind::close ? Outcome::handshake_failed : Outcome::waits_for_ever;
        break;
      case Step::Kind::wait_input:
        if (!wait_for_input()) return Outcome::waits_for_ever;
        break;
      default:
        return decided()                         ? Outcome::http
               : step_.kind == Step::Kind::close ? Outcome::closed
                                                 : Outcome::connects;
    }
  }
}

// The rules of TCP have let it pass; what follows in HTTP mode is decided by requests.
bool SimulatedLeg::decided() const {
  return session_.frontend().mode == graph::Mode::http && !stage_.recorder.rejected().known();
}

void SimulatedLeg::note(MomentKind kind, std::string text) {
  if (!stage_.traces) return;
  stage_.recorder.moments.push_back(
      {.kind = kind, .at = stage_.now, .visit = number_, .text = std::move(text)});
}

void SimulatedLeg::take(const Piece& piece) {
  buffer_ += piece.bytes;
  note(MomentKind::bytes);
  if (!stage_.traces) return;
  stage_.recorder.moments.back().size = piece.bytes.size();
  stage_.recorder.moments.back().total = buffer_.size();
}

// What has arrived by now.
void SimulatedLeg::take_due() {
  while (next_ < feed_.pieces.size() && feed_.pieces[next_].at <= stage_.now) take(feed_.pieces[next_++]);
  ended_ = feed_.ends && *feed_.ends <= stage_.now && next_ == feed_.pieces.size();
}

// To the next thing that happens; the deadline is the last step's.
SimulatedLeg::Next SimulatedLeg::advance() {
  const auto deadline =
      step_.deadline ? std::optional(std::chrono::duration_cast<Offset>(*step_.deadline - stage_.begin))
                     : std::nullopt;
  std::optional<Offset> news;
  if (next_ < feed_.pieces.size())
    news = feed_.pieces[next_].at;
  else if (!ended_)
    news = feed_.ends;
  if (!news && !deadline) return Next::nothing;
  if (!news || (deadline && *deadline < *news)) {
    stage_.now = std::max(stage_.now, *deadline);
    stage_.recorder.at(stage_.now);
    return Next::deadline;
  }
  stage_.now = std::max(stage_.now, *news);
  stage_.recorder.at(stage_.now);
  if (next_ == feed_.pieces.size()) {
    ended_ = true;
    note(MomentKind::client_ended);
    return Next::end;
  }
  take_due();
  return Next::bytes;
}

Event SimulatedLeg::event(Kind kind) const {
  const graph::Tunables& tune = stage_.graph.global.tune;
  const std::size_t limit = tune.bufsize > tune.maxrewrite ? tune.bufsize - tune.maxrewrite : tune.bufsize;
  Event made{.kind = kind, .at = stage_.begin + stage_.now, .input_ended = ended_};
  made.input = {.data = buffer_, .complete = ended_ || buffer_.size() >= limit, .available = true};
  return made;
}

void SimulatedLeg::step(const Event& event) { step_ = session_.step(event); }

void SimulatedLeg::note_wait() {
  if (!stage_.traces || step_.kind != Step::Kind::wait_input) return;
  note(MomentKind::waits);
  if (step_.deadline)
    stage_.recorder.moments.back().until = std::chrono::duration_cast<Offset>(*step_.deadline - stage_.begin);
}

// The first look of rules at bytes. Late ones are seen by the next look, if there is one.
void SimulatedLeg::begin_stream(Event first) {
  const bool has_bytes = !first.input.data.empty();
  could_be_late_ = could_be_late_ || has_bytes;
  if (!late_ || !has_bytes) {
    step(first);
    return note_wait();
  }
  first.input = {.data = {}, .complete = false, .available = true};
  step(first);
  note_wait();
  if (step_.kind != Step::Kind::wait_input) return;
  step(event(Kind::input));
  note_wait();
}

void SimulatedLeg::fail(Kind kind, std::string_view text) {
  Event made = event(kind);
  made.text = text;
  step(made);
}

// False: it doesn't come, and the session is over or waits for ever.
bool SimulatedLeg::read_header() {
  const bool netscaler = step_.kind == Step::Kind::read_netscaler_header;
  if (buffer_.empty()) take_due();
  if (buffer_.empty()) {
    const Next next = ended_ ? Next::end : advance();
    if (next == Next::nothing) return false;
    if (next == Next::deadline) return step(event(Kind::deadline)), false;
    if (next == Next::end)
      return fail(Kind::proxy_header_failed,
                  netscaler ? "Connection closed while waiting for NetScaler Client IP header"
                            : "Connection closed while waiting for PROXY protocol header"),
             false;
  }
  fetchers::wire::ProxyHeader header;
  if (netscaler) {
    const auto read = fetchers::wire::read_netscaler_header(buffer_, step_.magic);
    if (!read) return fail(Kind::proxy_header_failed, message(read.error())), false;
    header = {
        .size = read.value().size, .source = read.value().source, .destination = read.value().destination};
  } else {
    const auto read = fetchers::wire::read_proxy_header(buffer_);
    if (!read) return fail(Kind::proxy_header_failed, message(read.error())), false;
    header = read.value();
  }
  note(MomentKind::proxy_header,
       header.local ? "the addresses of the connection itself"
                    : fmt::format("client {}:{} to {}:{}", to_string(header.source), header.source.port,
                                  to_string(header.destination), header.destination.port));
  // Its values lie in the buffer.
  const std::string kept = buffer_;
  if (!header.tlvs.empty())
    header.tlvs = std::string_view(kept).substr(static_cast<std::size_t>(header.tlvs.data() - buffer_.data()),
                                                header.tlvs.size());
  buffer_.erase(0, header.size);
  Event made = event(Kind::proxy_header);
  made.header = &header;
  begin_stream(made);
  return true;
}

void SimulatedLeg::establish(Visit& visit, std::unique_ptr<AgreedTls> tls) {
  tls_ = std::move(tls);
  visit.certificate = tls_->certificate();
  note(MomentKind::handshake, fmt::format("{}{}{}", *tls_->protocol(),
                                          tls_->sni() ? fmt::format(", SNI {}", *tls_->sni()) : ", no SNI",
                                          tls_->alpn() ? fmt::format(", ALPN {}", *tls_->alpn()) : ""));
  if (feed_.inside_is_relative)
    for (Piece& piece : feed_.inside) piece.at += stage_.now;
  feed_ = {.pieces = std::move(feed_.inside), .ends = feed_.ends};
  buffer_.clear();
  next_ = 0;
  ended_ = false;
  take_due();
  Event made = event(Kind::tls_established);
  made.tls = tls_.get();
  begin_stream(made);
}

// False: as with headers.
bool SimulatedLeg::shake_hands(Visit& visit) {
  take_due();
  OfferedTls offer = read_offer(buffer_);
  while (buffer_.empty() || offer.state == ReadState::incomplete) {
    const Next next = ended_ ? Next::end : advance();
    if (next == Next::nothing) return false;
    if (next == Next::deadline) return step(event(Kind::deadline)), false;
    if (next == Next::end) return fail(Kind::tls_failed, "Connection closed during SSL handshake"), false;
    offer = read_offer(buffer_);
  }
  if (offer.state == ReadState::absent)
    return fail(Kind::tls_failed, "SSL handshake failure: no ClientHello"), false;
  Agreement agreed = agree(stage_.graph, *listener_.tls, offer, stage_.scenario.shows_certificate);
  if (!agreed.tls) return fail(Kind::tls_failed, "SSL handshake failure: " + agreed.fault), false;
  establish(visit, std::move(agreed.tls));
  return true;
}

bool SimulatedLeg::wait_for_input() {
  const Next next = advance();
  if (next == Next::nothing) return false;
  if (next == Next::deadline) note(MomentKind::deadline);
  step(event(next == Next::deadline ? Kind::deadline : Kind::input));
  note_wait();
  return true;
}

Feed SimulatedLeg::forward(const std::string& header) {
  Feed feed{.ends = feed_.ends, .inside = feed_.inside, .inside_is_relative = feed_.inside_is_relative};
  if (std::string first = header + buffer_; !first.empty())
    feed.pieces.push_back({stage_.now, std::move(first)});
  feed.pieces.insert(feed.pieces.end(), feed_.pieces.begin() + static_cast<std::ptrdiff_t>(next_),
                     feed_.pieces.end());
  return feed;
}

}  // namespace shunt::analysis
