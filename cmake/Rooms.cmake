# How a room (one top-level folder of sources) becomes a static library.

# Linking is a large part of a build from scratch, and these linkers take a fraction of the default one's time.
find_program(SHUNT_FAST_LINKER NAMES ld.lld ld.gold)
if(SHUNT_FAST_LINKER)
  get_filename_component(linker ${SHUNT_FAST_LINKER} NAME)
  string(REPLACE "ld." "-fuse-ld=" linker ${linker})
  add_link_options(${linker})
endif()

# Compiler settings that every target of the project shares.
function(shunt_settings target)
  target_include_directories(${target} PRIVATE ${CMAKE_SOURCE_DIR})
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor
    -Woverloaded-virtual -Wnull-dereference -Werror)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # GCC 12 reports library internals under sanitizers and -O2.
    target_compile_options(${target} PRIVATE -Wno-null-dereference -Wno-maybe-uninitialized -Wno-stringop-overflow
      -Wno-array-bounds -Wno-restrict -Wno-dangling-reference)
  else()
    target_compile_options(${target} PRIVATE -fbracket-depth=1024)  # tables of several hundred rows are one fold
  endif()
  target_compile_definitions(${target} PRIVATE BOOST_ASIO_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED
    BOOST_ERROR_CODE_HEADER_ONLY SHUNT_VERSION="${PROJECT_VERSION}")
  if(SHUNT_SANITIZE)
    target_compile_options(${target} PRIVATE -fsanitize=${SHUNT_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
    target_link_options(${target} PRIVATE -fsanitize=${SHUNT_SANITIZE})
    if(SHUNT_SANITIZE MATCHES "thread" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
      target_compile_options(${target} PRIVATE -Wno-tsan)  # Asio uses fences
    endif()
  endif()
  if(SHUNT_FUZZ)
    target_compile_options(${target} PRIVATE -fsanitize=fuzzer-no-link)
  endif()
endfunction()

# shunt_room(NAME [USES room...] [LINKS target...]): library shunt_NAME from NAME/**/*.cpp.
function(shunt_room name)
  cmake_parse_arguments(ROOM "" "" "USES;LINKS" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${name}/*.cpp)
  if(sources)
    add_library(shunt_${name} STATIC ${sources})
    shunt_settings(shunt_${name})
    set(scope PUBLIC)
  else()
    add_library(shunt_${name} INTERFACE)
    set(scope INTERFACE)
  endif()
  target_link_libraries(shunt_${name} ${scope} fmt::fmt ${ROOM_LINKS})
  foreach(used ${ROOM_USES})
    target_link_libraries(shunt_${name} ${scope} shunt_${used})
  endforeach()
endfunction()
