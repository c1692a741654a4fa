// The files of page/ as text; CMake writes the definitions.
#pragma once
#include <string_view>

namespace shunt::analysis::drawing::embedded {

extern const std::string_view light_colours;  // page/light.css: "--name: #rrggbb;" each
extern const std::string_view dark_colours;   // page/dark.css: the same names
extern const std::string_view picture_style;  // page/picture.css: boxes and arrows
extern const std::string_view page_style;     // page/page.css: what is around the picture
extern const std::string_view page_script;    // page/page.js
extern const std::string_view page_frame;     // page/page.html

}  // namespace shunt::analysis::drawing::embedded
