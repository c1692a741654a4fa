// Lines that begin with a dot: conditional blocks and messages. They belong to no section.
#pragma once
#include <optional>
#include <span>
#include <vector>

#include "parser/directive_condition.hpp"
#include "parser/syntax.hpp"

namespace shunt::parser {

// One file's blocks; each file begins and ends outside of all of them.
class Directives {
 public:
  Directives(const SourceSet& sources, const DirectiveFacts& facts, DiagnosticSink& sink)
      : sources_(sources), facts_(facts), sink_(sink) {}

  // `words` is not empty and its first word begins with a dot.
  void read(std::span<const Word> words, const Environment& environment);
  // Lines of a block whose condition doesn't hold are cut into words, too, but mean nothing.
  [[nodiscard]] bool skipping() const { return !blocks_.empty() && blocks_.back().state != State::taken; }
  // At the end of the file; `at`: its end.
  void finish(Span at);

 private:
  // `waiting`: no alternative held yet; `done`: one did, or the block lies in one that is skipped.
  enum class State { taken, waiting, done };
  struct Block {
    State state = State::taken;
    bool has_else = false;
    Span opened = {};
  };

  void open(std::span<const Word> words, const Environment& environment);
  void else_if(std::span<const Word> words, const Environment& environment);
  void otherwise(std::span<const Word> words);
  void close(std::span<const Word> words);
  void speak(std::span<const Word> words);
  static State state_for(std::optional<bool> value);
  std::optional<bool> evaluate(std::span<const Word> words, const Environment& environment);
  bool in_block(const Word& word);
  bool no_argument(std::span<const Word> words, std::size_t allowed);

  const SourceSet& sources_;
  const DirectiveFacts& facts_;
  DiagnosticSink& sink_;
  std::vector<Block> blocks_;
};

}  // namespace shunt::parser
