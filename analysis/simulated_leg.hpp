// One session of a simulated connection: what it is fed with, and the steps from accept to the server.
#pragma once
#include <memory>
#include <string>

#include "analysis/rule_recorder.hpp"
#include "analysis/simulated_handshake.hpp"

namespace shunt::analysis {

// Bytes that arrive, and what is inside if they are TLS that we terminate.
struct Feed {
  std::vector<Piece> pieces = {};
  std::optional<Offset> ends = {};
  std::vector<Piece> inside = {};
  bool inside_is_relative = true;  // its times count from the handshake's end
};

// What all sessions of a connection share.
struct Stage {
  const graph::Graph& graph;
  route::Facilities& facilities;
  RuleRecorder& recorder;
  const Scenario& scenario;
  route::Time begin;
  bool traces = false;
  Offset now{0};
};

struct Arrival {
  graph::ListenerId listener = 0;
  fetchers::Endpoint source = {}, destination = {};
  Feed feed = {};
  bool late = false;  // bytes that are there when rules first look are not seen before the next look
};

class SimulatedLeg {
 public:
  SimulatedLeg(Stage& stage, std::uint32_t number, Arrival arrival);

  // Until the server is known or all is over. `visit` gets what is learned.
  enum class Outcome : std::uint8_t {
    connects,
    closed,
    header_missing,
    handshake_failed,
    waits_for_ever,
    http
  };
  [[nodiscard]] Outcome run(Visit& visit);

  // The server has accepted.
  void connect() { step(event(Kind::connected)); }
  [[nodiscard]] route::Session& session() { return session_; }
  [[nodiscard]] const route::Step& step() const { return step_; }
  [[nodiscard]] std::string_view received() const { return buffer_; }
  // Bytes were there when rules first looked, so that they could as well have been late.
  [[nodiscard]] bool could_be_late() const { return could_be_late_; }
  // What the server gets, `header` first.
  [[nodiscard]] Feed forward(const std::string& header);

 private:
  using Kind = route::EventKind;
  enum class Next : std::uint8_t { bytes, end, deadline, nothing };

  [[nodiscard]] Next advance();
  void take(const Piece& piece);
  void take_due();
  [[nodiscard]] route::Event event(Kind kind) const;
  void step(const route::Event& event);
  void begin_stream(route::Event event);
  [[nodiscard]] bool read_header();
  [[nodiscard]] bool shake_hands(Visit& visit);
  [[nodiscard]] bool wait_for_input();
  void establish(Visit& visit, std::unique_ptr<AgreedTls> tls);
  void fail(Kind kind, std::string_view text);
  void note(MomentKind kind, std::string text = {});
  void note_wait();
  [[nodiscard]] bool decided() const;

  Stage& stage_;
  std::uint32_t number_;
  const graph::Listener& listener_;
  Feed feed_;
  bool late_, could_be_late_ = false;
  std::string buffer_ = {};
  std::size_t next_ = 0;  // piece
  bool ended_ = false;
  std::unique_ptr<AgreedTls> tls_ = {};
  route::Session session_;
  route::Step step_ = {};
};

}  // namespace shunt::analysis
